"""Headers that keep a browser from doing with our pages what nobody meant.

An HTML page sets its own Content-Security-Policy, `PAGE_POLICY` or one of its own; one that sets none may
load nothing. Who may frame a page is decided here, for all of them.
"""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
)
"""Content-Security-Policy of our own HTML pages: no other host, no inline script."""

_CSP = "Content-Security-Policy"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_UNSTORED = ("application/json", "application/problem+json", "text/event-stream")
"""Media types of answers about one caller's question, which no cache may keep unless the route says so."""


class SecurityHeaders:
    """Adds `nosniff`, the policies for referrer, permissions, opener and framing, and `no-store` to data,
    where a response lacks them."""

    def __init__(self, app: ASGIApp, frame_ancestors: Sequence[str] = ("'self'",)) -> None:
        self._app = app
        self._ancestors = f"frame-ancestors {' '.join(frame_ancestors)}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._guard(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _guard(self, headers: MutableHeaders) -> None:
        media = headers.get("content-type", "").partition(";")[0]
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        if media in _UNSTORED:
            headers.setdefault("Cache-Control", "no-store")
        policy = headers.get(_CSP) or ("default-src 'none'" if media == "text/html" else "")
        if "frame-ancestors" not in policy:
            headers[_CSP] = f"{policy}; {self._ancestors}" if policy else self._ancestors
