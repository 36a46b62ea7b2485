"""Headers that keep a browser from doing with our pages what nobody meant.

A page of our own sets `PAGE_POLICY` as its Content-Security-Policy; a mounted application (the chat)
keeps whatever it sets. Who may frame a page is decided here, for all of them.
"""

import re
from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
)
"""Content-Security-Policy of our own HTML pages: no other host, no inline script."""

_CSP = "Content-Security-Policy"
_KEPT_NOWHERE = re.compile(r"(?:application/(?:problem\+)?json|text/event-stream)(?:;|$)")
"""Answers to programs: they hold what somebody asked, or how things stand at this moment."""


class SecurityHeaders:
    """Adds `nosniff`, the referrer policy, `frame-ancestors` and, to JSON and events, `no-store` where a
    response lacks them."""

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
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
                if _KEPT_NOWHERE.match(headers.get("content-type", "")):
                    headers.setdefault("Cache-Control", "no-store")
                policy = headers.get(_CSP, "")
                if "frame-ancestors" not in policy:
                    headers[_CSP] = f"{policy}; {self._ancestors}" if policy else self._ancestors
            await send(message)

        await self._app(scope, receive, send_guarded)
