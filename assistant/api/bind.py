"""Who may reach the server: without keys only programs on the same machine."""

import ipaddress

from assistant.errors import InvalidSettings


def check_bind(host: str, public: bool = False) -> None:
    """Pass where `host` is a loopback address, or where `public` says that everybody may ask.

    Names other than `localhost` are not resolved: what they mean can change after the check.
    Raises InvalidSettings.
    """
    if public or is_loopback(host):
        return
    raise InvalidSettings(
        "这个监听地址别的机器也能访问，而现在还没有设访问密钥；"
        "请改用 127.0.0.1，确要对外开放时请加上 --public。"
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # ::ffff:127.0.0.1
    return (mapped or address).is_loopback
