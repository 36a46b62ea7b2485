"""The socket that clients connect to."""

import errno
import socket

from assistant.errors import PolicyQAError


class AddressUnavailable(PolicyQAError):
    """The server cannot listen where it was told to."""


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; the server begins to listen once it runs. Raises AddressUnavailable."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise AddressUnavailable(_why(error, host, port)) from error
    return listener


def _why(error: OSError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"这台机器上没有“{host}”这个地址，请换一个，例如 --host 127.0.0.1。"
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已经被别的程序占用，请关掉那个程序，或换一个端口，例如 --port {_other(port)}。"
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {port}，请换一个 1024 以上的端口，例如 --port 8000。"
    return f"不能在 {host} 的端口 {port} 上启动服务，请换一个地址或端口。"


def _other(port: int) -> int:
    return port + 1 if port < 65535 else 8000
