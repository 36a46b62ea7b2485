"""What the chat's page needs around Gradio: its language, our style and script, and a policy for it.

Gradio writes the page's `<head>` itself and takes ours only after its script runs; the language must
be set before that. So the page is changed on its way out, and nothing else is.
"""

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.static_files import static_url

_POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'self'"
)
"""Gradio sets styles of elements while it runs, which no hash can name. Scripts are ours, its files, and
those in the page, known by their hash; nothing may be evaluated, and no other host reached."""

_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_OPENING = b"<head>"
_LANGUAGE = b'lang="en"'


class ChatShell:
    """Wraps what answers with the page; changes its HTML and adds its policy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        held: list[Message] = []

        async def send_changed(message: Message) -> None:
            if not message["type"].startswith("http.response."):
                await send(message)
                return
            held.append(message)
            if message["type"] == "http.response.start":
                return
            if message.get("more_body", False):
                return
            start = held[0]
            body = b"".join(part.get("body", b"") for part in held[1:])
            headers = MutableHeaders(scope=start)
            if headers.get("content-type", "").startswith("text/html") and body:
                body = dress(body)
                headers["Content-Length"] = str(len(body))
                headers["Content-Security-Policy"] = policy_of(body)
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, send_changed)


def policy_of(page: bytes) -> str:
    """The Content-Security-Policy of Gradio's `page`, which is made from nothing that a client says."""
    hashes = (base64.b64encode(hashlib.sha256(found).digest()).decode() for found in _INLINE.findall(page))
    return _POLICY.format(scripts=" ".join(f"'sha256-{each}'" for each in hashes))


def dress(page: bytes) -> bytes:
    """Gradio's page in Chinese, with our files at the start of its head."""
    ours = (
        f'<script src="{static_url("language.js")}"></script>'
        f'<link rel="icon" type="image/svg+xml" href="{static_url("icon.svg")}">'
        f'<link rel="stylesheet" href="{static_url("tokens.css")}">'
        f'<link rel="stylesheet" href="{static_url("chat.css")}">'
        f'<script src="{static_url("chat.js")}" defer></script>'
    )
    page = page.replace(_LANGUAGE, b'lang="zh-CN"', 1)
    return page.replace(_OPENING, _OPENING + ours.encode(), 1)
