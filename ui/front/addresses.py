"""Whose request it is: the client's address, where proxies stand between."""

import ipaddress
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.settings import Network

FOR, PROTO = b"x-forwarded-for", b"x-forwarded-proto"
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ClientAddress:
    """Puts the client's address into `scope["client"]` and its scheme into `scope["scheme"]`, and takes away
    the headers that name them, so that nothing behind believes these again.

    `X-Forwarded-For` and `X-Forwarded-Proto` count where the peer is one of `proxies`: the address is the
    last one that is no proxy's. `behind_front`: the server listens on a socket that only our own front
    opens, whose word counts always.
    """

    def __init__(self, app: ASGIApp, proxies: Sequence[Network] = (), behind_front: bool = False) -> None:
        self._app = app
        self._proxies = tuple(proxies)
        self._behind_front = behind_front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection (ASGI)."""
        if scope["type"] == "http":
            scope = self._placed(scope)
        await self._app(scope, receive, send)

    def _placed(self, scope: Scope) -> Scope:
        headers = scope["headers"]
        kept = [header for header in headers if not header[0].startswith(b"x-forwarded-")]
        client, scheme = scope["client"], scope["scheme"]
        peer = _address(client[0]) if client else None
        if self._behind_front or self._is_proxy(peer):
            hops = _listed(headers, FOR)
            found = _address(hops[-1]) if self._behind_front and hops else self._asker(peer, hops)
            client = (str(found), 0) if found and found != peer else client
            said = _listed(headers, PROTO)
            scheme = said[-1] if said and said[-1] in ("http", "https") else scheme
        elif peer is not None:
            client = (str(peer), client[1])
        return {**scope, "client": client, "scheme": scheme, "headers": kept}

    def _asker(self, peer: _Address | None, hops: Sequence[str]) -> _Address | None:
        """The last address that is no proxy's; the outermost proxy, where what it says is no address."""
        asker = peer
        for hop in reversed(hops):
            address = _address(hop)
            if address is None:
                return asker
            asker = address
            if not self._is_proxy(address):
                return asker
        return asker

    def _is_proxy(self, address: _Address | None) -> bool:
        return address is not None and any(address in network for network in self._proxies)


def _listed(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> list[str]:
    said = b",".join(value for each, value in headers if each == name).decode("latin-1")
    return [part.strip() for part in said.split(",") if part.strip()]


def _address(text: str) -> _Address | None:
    """The address in `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1` or `[2001:db8::1]:443`; None in all else."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
