"""Which names the server answers to, and which pages call it.

A page of somebody else can send a browser here: under a name of its own that it had pointed at this
machine (DNS rebinding; the name stands in `Host`), or across origins (its own stands in `Origin`). The first
is refused before anything of the request is read, on every path; the second too, but for calls of the
interface, which the guard behind may let in for a key that was made for such pages.
"""

import re
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.access.addresses import is_loopback
from assistant.access.areas import Area, target_of
from assistant.api.paths import path_of
from assistant.api.problems import FOREIGN_HOST, FOREIGN_ORIGIN, ProblemError, refuse

_AUTHORITY = re.compile(r"(?P<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::(?P<port>[0-9]{1,5}))?")
_PORTS = {"http": "80", "https": "443"}
FOREIGN_ORIGIN_KEY = "policy_qa.foreign_origin"
"""In the scope: the origin of the foreign page that calls the interface."""


class HostCheck:
    """Answers 421 to a `Host` that is neither a loopback name nor one of `names`, and 403 to an `Origin`
    that is not the address under which the server was called.

    `names` are as `assistant.settings.host_name` gives them; a port is never part of them. A browser sends
    no `Origin` when a person opens an address, and other programs send none at all. A proxy has to pass
    `Host` on as it came.
    """

    def __init__(self, app: ASGIApp, names: Collection[str] = (), guarded: bool = False) -> None:
        """`guarded`: a guard stands behind that decides about foreign pages which call the interface."""
        self._app = app
        self._names = frozenset(names)
        self._guarded = guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection (ASGI)."""
        problem = self._problem(scope) if scope["type"] in ("http", "websocket") else None
        if problem is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refuse(scope, problem)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": ""})

    def _problem(self, scope: Scope) -> ProblemError | None:
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        host = _AUTHORITY.fullmatch(hosts[0].lower()) if len(hosts) == 1 else None
        if host is None or not (host["name"] in self._names or is_loopback(host["name"])):
            return ProblemError(FOREIGN_HOST)
        if all(_same(origin.lower(), host) for origin in origins):
            return None
        if self._guarded and len(origins) == 1 and _is_call(scope):
            scope[FOREIGN_ORIGIN_KEY] = origins[0]
            return None
        return ProblemError(FOREIGN_ORIGIN)


def _is_call(scope: Scope) -> bool:
    """Whether the request is for the interface, and not for a page or what a page is made of."""
    return scope["type"] == "http" and target_of(scope["method"], path_of(scope)).area is Area.API


def _same(origin: str, host: re.Match[str]) -> bool:
    """Whether a page of `origin` came from `host`; the scheme may be a proxy's."""
    scheme, _, authority = origin.partition("://")
    found = _AUTHORITY.fullmatch(authority)
    if scheme not in _PORTS or found is None:  # "null" too: a page without an origin of its own
        return False
    port = _PORTS[scheme]
    return (found["name"], found["port"] or port) == (host["name"], host["port"] or port)
