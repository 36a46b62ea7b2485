"""Addresses of machines: whether only this one reaches them, and how callers are told apart by theirs."""

import ipaddress

_NETWORK_BITS = 64
"""Of an IPv6 address these name a household or a machine; the rest it chooses itself."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`. Names other than `localhost` are not
    resolved: what they mean can change after the check."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # ::ffff:127.0.0.1
    return (mapped or address).is_loopback


def caller_address(client: str) -> str:
    """What a caller at `client` is counted by; "" where no address is known."""
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _NETWORK_BITS), strict=False).network_address)
