"""The routes of the mounted Gradio application that are open; every other one does not exist.

Gradio brings some eighty: uploads, files, proxies, servers of components, monitoring. The chat needs nine.
Each of these is a route of our own that passes on what was checked, with few of its headers; what Gradio
answers with a fault becomes a problem object.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import gradio as gr
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.middleware import replayed
from assistant.api.negotiation import require_json
from assistant.api.problems import BUSY, busy
from ui.mount.events import event_shapes, read_cancel, read_join
from ui.mount.sessions import Sessions
from ui.mount.shell import ChatShell

_FILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}")
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

    def asked(
        self, query: Mapping[str, str] | None = None, body: bytes | None = None, compressed: bool = False
    ) -> ASGIApp:
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

            passed = _passed(scope, query or {}, body, compressed)
            await self._app(passed, replayed(body or b"", receive), send_unless_refused)
            if refused == BUSY.status:
                raise busy()
            if refused:
                raise HTTPException(refused)

        return answer


def chat_routes(blocks: gr.Blocks, app: ASGIApp) -> list[Route]:
    """What of `app`, the Gradio application that serves `blocks`, may be reached, and how."""
    gradio, sessions, shapes = _Gradio(app), Sessions(blocks._queue), event_shapes(blocks)

    async def page(_request: Request) -> ASGIApp:
        return ChatShell(gradio.asked())

    async def fixed(_request: Request) -> ASGIApp:
        return gradio.asked(compressed=True)

    async def asset(request: Request) -> ASGIApp:
        if not _FILE.fullmatch(request.path_params["name"]):
            raise HTTPException(404)
        return gradio.asked(compressed=True)

    async def join(request: Request) -> ASGIApp:
        require_json(request)
        event = read_join(await request.body(), shapes)
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

    async def reset(_request: Request) -> JSONResponse:
        return JSONResponse({"success": True})  # as Gradio answers, which does nothing else

    return [
        _route("/", page, "GET", "HEAD"),
        _route("/assets/{name}", asset, "GET"),
        _route("/static/js/iframeResizer.contentWindow.min.js", fixed, "GET"),
        _route("/theme.css", fixed, "GET"),
        _route("/gradio_api/app_id", fixed, "GET"),  # asked by a page that lost its connection
        _route("/gradio_api/queue/join", join, "POST"),
        _route("/gradio_api/queue/data", listen, "GET"),
        _route("/gradio_api/cancel", cancel, "POST"),
        _route("/gradio_api/reset", reset, "POST"),  # beside each cancel
    ]


def _route(path: str, answer: Callable[[Request], Awaitable[Any]], *methods: str) -> Route:
    route = Route(path, answer, methods=list(methods))
    route.methods = set(methods)  # Route adds HEAD to every GET, and a HEAD would eat a page's messages
    return route


def _passed(scope: Scope, query: Mapping[str, str], body: bytes | None, compressed: bool) -> Scope:
    """The scope as Gradio gets it; a HEAD is a GET whose body the server leaves out."""
    headers = [(name, value) for name, value in scope["headers"] if name in _KEPT_HEADERS]
    if compressed:
        headers += [(name, value) for name, value in scope["headers"] if name == b"accept-encoding"]
    if body is not None:
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    kept = {name: value for name, value in scope.items() if name in _KEPT_SCOPE}
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    return {**kept, "method": method, "query_string": urlencode(query).encode(), "headers": headers}
