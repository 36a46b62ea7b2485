"""The routes of the mounted Gradio application that are open; every other one does not exist.

Gradio brings some eighty: its page, uploads, files, proxies, servers of components, monitoring. The chat
needs three of its queue. Each of these is a route of our own that passes on what was checked, with few of its
headers; what Gradio answers with a fault becomes a problem object.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import gradio as gr
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.middleware import replayed
from assistant.api.negotiation import require_json
from assistant.api.problems import BUSY, busy
from ui.mount.events import read_cancel, read_join, texts_taken
from ui.mount.sessions import Sessions

_KEPT_SCOPE = frozenset(
    {"type", "asgi", "http_version", "scheme", "path", "raw_path", "root_path", "client", "server", "state"}
)
_KEPT_HEADERS = frozenset({b"accept", b"host", b"user-agent"})
"""Of a request's headers these are passed on. Not `X-Forwarded-…`, from which Gradio makes addresses, nor
`Origin`, which has been checked, nor cookies."""


class _Gradio:
    """Gradio's application, asked for one thing at a time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def asked(self, query: Mapping[str, str] | None = None, body: bytes | None = None) -> ASGIApp:
        """What answers the request at hand: Gradio, given the request's path, this query and this JSON body,
        and nothing else that the client sent. Raises HTTPException, or a 503 problem, for a fault of its."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            refused = 0

            async def send_unless_refused(message: Message) -> None:
                nonlocal refused
                if message["type"] == "http.response.start" and message["status"] >= 400:
                    refused = message["status"]
                if not refused:
                    await send(message)

            passed = _passed(scope, query or {}, body)
            await self._app(passed, replayed(body or b"", receive), send_unless_refused)
            if refused == BUSY.status:
                raise busy()
            if refused:
                raise HTTPException(refused)

        return answer


def chat_routes(blocks: gr.Blocks, app: ASGIApp) -> list[Route]:
    """What of `app`, the Gradio application that serves `blocks`, may be reached, and how."""
    gradio, sessions, taken = _Gradio(app), Sessions(blocks._queue), texts_taken(blocks)

    async def join(request: Request) -> ASGIApp:
        require_json(request)
        event = read_join(await request.body(), taken)
        await sessions.joins(event.session)
        return gradio.asked(body=event.body)

    async def listen(request: Request) -> ASGIApp:
        session = request.query_params.get("session_hash", "")
        if not sessions.may_listen(session):
            raise HTTPException(404)
        answer = gradio.asked({"session_hash": session})

        async def stream(scope: Scope, receive: Receive, send: Send) -> None:
            with sessions.listening(session):
                await answer(scope, receive, send)

        return stream

    async def cancel(request: Request) -> ASGIApp:
        require_json(request)
        event = read_cancel(await request.body())
        if event.session not in sessions:
            raise HTTPException(404)
        return gradio.asked(body=event.body)

    return [
        _route("/gradio_api/queue/join", join, "POST"),
        _route("/gradio_api/queue/data", listen, "GET"),
        _route("/gradio_api/cancel", cancel, "POST"),
    ]


def _route(path: str, answer: Callable[[Request], Awaitable[Any]], *methods: str) -> Route:
    route = Route(path, answer, methods=list(methods))
    route.methods = set(methods)  # Route adds HEAD to every GET, and a HEAD would eat a page's messages
    return route


def _passed(scope: Scope, query: Mapping[str, str], body: bytes | None) -> Scope:
    """The scope as Gradio gets it."""
    headers = [(name, value) for name, value in scope["headers"] if name in _KEPT_HEADERS]
    if body is not None:
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    kept = {name: value for name, value in scope.items() if name in _KEPT_SCOPE}
    return {**kept, "method": scope["method"], "query_string": urlencode(query).encode(), "headers": headers}
