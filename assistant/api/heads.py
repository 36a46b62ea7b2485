"""HEAD: whatever answers to GET answers to it with the same head and no body (RFC 9110, 9.3.2)."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.paths import path_of

_CHAT = "/gradio_api/"
"""The chat's calls: a GET takes events from a queue there, which a HEAD must not."""


class HeadAsGet:
    """Lets all that follows see a GET, and keeps the body back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection (ASGI)."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or path_of(scope).startswith(_CHAT):
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_head)
