"""The routes of the mounted Gradio application that are open; every other one does not exist.

Gradio brings some ninety: uploads, files, proxies, servers of components, monitoring. The chat needs eight.
Each of these is a route of our own that passes on what was checked, with few of its headers; what Gradio
answers with a fault becomes a problem object.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import gradio as gr
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.middleware import replayed
from assistant.api.problems import busy
from ui.mount.events import SESSION, event_shapes, read_cancel, read_join
from ui.mount.sessions import Sessions
from ui.shell import ChatShell

_FILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_SESSION = re.compile(SESSION)
_KEPT_SCOPE = frozenset(
    {"type", "asgi", "http_version", "scheme", "path", "raw_path", "root_path", "client", "server", "state"}
)
_KEPT_HEADERS = frozenset({b"accept", b"host", b"if-none-match", b"user-agent"})
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
            if refused == busy().fault.status:
                raise busy()
            if refused:
                raise HTTPException(refused)

        return answer


def chat_routes(blocks: gr.Blocks, app: ASGIApp) -> list[BaseRoute]:
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
        event = read_join(await request.body(), shapes)
        await sessions.joins(event.session)
        return gradio.asked(body=event.body)

    async def listen(request: Request) -> ASGIApp:
        session = _known(request.query_params.get("session_hash", ""))
        answer = gradio.asked({"session_hash": session})

        async def stream(scope: Scope, receive: Receive, send: Send) -> None:
            with sessions.listening(session):
                await answer(scope, receive, send)

        return stream

    async def cancel(request: Request) -> ASGIApp:
        event = read_cancel(await request.body())
        _known(event.session)
        return gradio.asked(body=event.body)

    def _known(session: str) -> str:
        if not _SESSION.fullmatch(session) or session not in sessions:
            raise HTTPException(404)
        return session

    return [
        Route("/", page, methods=["GET"]),
        Route("/assets/{name}", asset, methods=["GET"]),
        Route("/static/js/iframeResizer.contentWindow.min.js", fixed, methods=["GET"]),
        Route("/theme.css", fixed, methods=["GET"]),
        Route("/gradio_api/app_id", fixed, methods=["GET"]),  # asked by a page that lost its connection
        Route("/gradio_api/queue/join", join, methods=["POST"]),
        Route("/gradio_api/queue/data", listen, methods=["GET"]),
        Route("/gradio_api/cancel", cancel, methods=["POST"]),
    ]


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
