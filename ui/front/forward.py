"""A client's request passed on to a worker, and the worker's answer passed back."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from starlette.types import Receive, Scope, Send

from assistant.api.events import event_text
from assistant.api.middleware import REQUEST_ID_HEADER
from assistant.api.problems import (
    REQUEST_ID_KEY,
    ProblemError,
    interrupted,
    not_ready,
    problem_object,
    respond,
)
from ui.front.addresses import FOR, PROTO
from ui.front.choice import CHAT, Choice, session_of
from ui.front.connection import Connection, Headers, WorkerGone
from ui.front.workers import Worker, Workers

REQUEST_ID = REQUEST_ID_HEADER.lower().encode()
_OF_ONE_CONNECTION = frozenset({
    b"connection", b"http2-settings", b"keep-alive", b"proxy-authenticate", b"proxy-authorization",
    b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade",
})  # fmt: skip
"""The hop-by-hop headers of RFC 9110 and of those before it."""
_MADE_HERE = _OF_ONE_CONNECTION | {b"content-length", b"expect", REQUEST_ID}
_FRAME_ENDS = (b"\n\n", b"\r\n\r\n", b"\r\r")
_EVENTS = b"text/event-stream"
_AT_ONCE_BYTES = 256 * 1024
"""An answer of so many bytes at most is passed on when it is whole: what comes of it comes whole."""
_log = logging.getLogger(__name__)


class Forward:
    """Passes each request to a worker (ASGI). `BodyLimit` has to stand before it, which gives the body in one
    message; one that comes in several, a file that is handed in, is passed on as it comes.

    Where the worker goes before anything of its answer was passed on, another one is asked, if the request
    never reached the first or only reads (once), else the client gets a 503 problem. A stream of events that
    is cut off ends with an `error` event, any other answer with the connection.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._choice = Choice(workers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        message = await receive()
        body: bytes = message.get("body", b"")
        more: bool = message.get("more_body", False)
        session = session_of(scope["path"], scope["query_string"], body)
        request = request_for(scope, body, more)
        again = scope["method"] in ("GET", "HEAD")
        tried: list[Worker] = []
        while worker := self._choice.take(session, tried):
            passing = _Passing(scope, send, more)
            try:
                await passing.through(worker, request, receive)
            except WorkerGone as gone:
                if passing.problem is not None and not passing.begun:
                    raise passing.problem from None
                if passing.left:
                    return
                if passing.begun:
                    await passing.cut()
                    return
                _log.warning("worker %d has gone (request begun: %s)", worker.process.pid, gone.asked)
                tried.append(worker)
                if gone.asked and not again:
                    break
                again = again and not gone.asked
                continue
            return
        problem = interrupted() if tried else not_ready("服务正在启动，请过几秒再试。")
        await respond(scope, problem)(scope, receive, send)


class _Passing:
    """One try: a request to one worker, and its answer back."""

    def __init__(self, scope: Scope, send: Send, more: bool) -> None:
        self._scope = scope
        self._send = send
        self._more = more  # of the body is to come
        self._events = False
        self.begun = False
        """Something of the answer was passed on."""
        self.left = False
        """The client has gone."""
        self.problem: ProblemError | None = None
        """What is wrong with the rest of the body."""

    async def through(self, worker: Worker, request: bytes, receive: Receive) -> None:
        """Ask, and pass the answer on. Raises WorkerGone, also where the client has gone."""
        worker.busy += 1
        connection: Connection | None = None
        leaving: asyncio.Future[Any] | None = None
        try:
            connection = await worker.connection()
            leaving = asyncio.ensure_future(self._feed(connection, receive))
            leaving.add_done_callback(self._hang_up(connection))
            await connection.ask(request, bodiless=self._scope["method"] == "HEAD")
            await self._answer(connection)
        finally:
            if leaving is not None:
                leaving.cancel()
            if connection is not None and self._more:
                connection.close()
            elif connection is not None:
                worker.release(connection)
            worker.busy -= 1

    async def cut(self) -> None:
        """End an answer that was begun and that nobody will finish."""
        if not self._events:
            raise ConnectionResetError("a worker has gone in the middle of an answer")  # ends the connection
        told = problem_object(self._scope, interrupted())
        if self._scope["path"].startswith(CHAT):  # Gradio's page knows no events but its own messages
            failed = {"msg": "unexpected_error", "message": told["detail"], "success": False}
            frames = [event_text(None, failed), event_text(None, {"msg": "close_stream"})]
        else:
            frames = [event_text("error", told)]
        await self._send({"type": "http.response.body", "body": "".join(frames).encode(), "more_body": False})

    async def _feed(self, connection: Connection, receive: Receive) -> None:
        """Pass on the rest of the body; return when the client has gone."""
        while (message := await receive())["type"] == "http.request":
            piece: bytes = message.get("body", b"")
            if self._more and piece:
                await connection.feed(b"%x\r\n%b\r\n" % (len(piece), piece))
            if self._more and not message.get("more_body", False):
                self._more = False
                await connection.feed(b"0\r\n\r\n")

    def _hang_up(self, connection: Connection) -> "Callable[[asyncio.Future[Any]], None]":
        def gone(leaving: "asyncio.Future[Any]") -> None:
            if leaving.cancelled():
                return
            fault = leaving.exception()
            if isinstance(fault, ProblemError):
                self.problem = fault
            elif not connection.whole:
                self.left = True
            if not connection.whole:
                connection.close()

        return gone

    async def _answer(self, connection: Connection) -> None:
        headers, length, self._events = _sorted(connection.headers)
        if ids := [value for name, value in headers if name == REQUEST_ID]:
            self._scope[REQUEST_ID_KEY] = ids[0].decode("latin-1")  # what the answer's frames repeat
        if self._more:  # answered before all of it had come: nobody reads the rest
            headers.append((b"connection", b"close"))
        start = {"type": "http.response.start", "status": connection.status, "headers": headers}
        if self._events:
            await self._begin(start)
            await self._pass_frames(connection)
        elif length is not None and length <= _AT_ONCE_BYTES:
            body = await whole_body(connection)
            await self._begin(start)
            await self._send({"type": "http.response.body", "body": body, "more_body": False})
        else:
            part = await connection.part()
            await self._begin(start)
            while part is not None:
                await self._send({"type": "http.response.body", "body": part, "more_body": True})
                part = await connection.part()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pass_frames(self, connection: Connection) -> None:
        """The stream frame by frame: of one that never comes to its end nothing is passed on."""
        begun = b""
        while (part := await connection.part()) is not None:
            begun += part
            if end := _end_of_frames(begun):
                await self._send({"type": "http.response.body", "body": begun[:end], "more_body": True})
                begun = begun[end:]
        await self._send({"type": "http.response.body", "body": begun, "more_body": False})

    async def _begin(self, start: dict[str, Any]) -> None:
        self.begun = True
        await self._send(start)


async def whole_body(connection: Connection) -> bytes:
    """All of the body of an answer whose head is there. Raises WorkerGone."""
    parts = []
    while (part := await connection.part()) is not None:
        parts.append(part)
    return b"".join(parts)


def request_for(scope: Scope, body: bytes, more: bool = False) -> bytes:
    """The request of `scope` as a worker gets it: with the client's address, and without what concerns the
    client's connection alone. `more`: `body` is the beginning, and the rest follows in chunks.

    What `Connection` names is of one connection too (RFC 9110, 7.6.1), but a client that names `Origin` or
    `Authorization` there would take from the worker what it judges by: only the names that are known to be of
    one connection are dropped, wherever they are named."""
    headers: Headers = scope["headers"]
    query: bytes = scope["query_string"]
    target = scope["raw_path"] + b"?" + query if query else scope["raw_path"]
    lines = [b"%b %b HTTP/1.1" % (scope["method"].encode(), target)]
    lines += [b"%b: %b" % pair for pair in headers if pair[0] not in _MADE_HERE]
    if more:
        lines.append(b"transfer-encoding: chunked")
        body = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    elif body or scope["method"] not in ("GET", "HEAD"):
        lines.append(b"content-length: %d" % len(body))
    if client := scope["client"]:
        lines.append(b"%b: %b" % (FOR, client[0].encode()))
    lines.append(b"%b: %b" % (PROTO, scope["scheme"].encode()))
    lines.append(b"%b: %b" % (REQUEST_ID, scope[REQUEST_ID_KEY].encode()))
    return b"\r\n".join([*lines, b"", body])


def _sorted(sent: Headers) -> tuple[Headers, int | None, bool]:
    """The headers to pass on, the body's announced length, and whether it is a stream of events."""
    length: int | None = None
    events = False
    headers = []
    for name, value in sent:
        if name in _OF_ONE_CONNECTION:
            continue
        if name == b"content-length":
            length = int(value)
        elif name == b"content-type":
            events = value.startswith(_EVENTS)
        headers.append((name, value))
    return headers, length, events


def _end_of_frames(text: bytes) -> int:
    """Behind the last whole frame in `text`; 0 where there is none."""
    return max(at + len(mark) if (at := text.rfind(mark)) >= 0 else 0 for mark in _FRAME_ENDS)
