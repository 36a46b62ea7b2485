"""What the chat's page needs around Gradio: its language, our style and script, and a policy for it.

Gradio writes the page's `<head>` itself and takes ours only after its script runs; the language must
be set before that. So the page is changed on its way out, and nothing else is.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.static_files import static_url

_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
    "frame-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
"""Gradio needs inline script; no other host may be reached all the same."""

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
                headers["Content-Security-Policy"] = _CSP
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, send_changed)


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
