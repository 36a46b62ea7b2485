"""What wraps every request: its id, its line in the log, the last barrier against faults, the limits of its
body.

Pure ASGI, so that streams pass through unbuffered and mounted applications keep working.
"""

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.access.caller import CALLER_KEY, Caller
from assistant.api.paths import path_of
from assistant.api.problems import (
    INTERNAL,
    REQUEST_ID_KEY,
    SLOW,
    TOO_LARGE,
    ProblemError,
    busy,
    refuse,
    respond,
)
from assistant.logs import REQUEST_ID, fields
from index.text.personal_data import mask

REQUEST_ID_HEADER = "X-Request-ID"
MAX_BODY_BYTES = 64 * 1024
BODY_SECONDS = 8.0
"""How long a body may take to arrive; the largest then needs 2.6 Mbit a second, an ordinary one 64 kbit."""
LARGER_BODIES: Mapping[str, int] = {"/v1/verify": 2560 * 1024, "/v1/chat/completions": 256 * 1024}
"""A draft of 200,000 code points, each of which JSON may write with up to twelve bytes; a conversation of
OpenAI's clients, who send all of it each time."""
HELD_BYTES = 128 * 1024 * 1024
"""What all bodies of a process may hold at a time beyond `MAX_BODY_BYTES` each: fifty of the largest. Where a
front stands before the guard they are read before anybody has looked for a key."""

DEFAULT_UPLOAD_BYTES = 20 * 1024 * 1024
UPLOAD_ROUTES = frozenset({("POST", "/v1/documents"), ("POST", "/admin/documents/check")})
FORM_BYTES = 64 * 1024
"""What a form may hold besides its file."""
UPLOAD_SECONDS = 64.0
"""How long the largest upload may take to arrive: as fast as `BODY_SECONDS` asks of other large bodies."""

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_TRACE_ID = re.compile(r"(?=.*[a-f])[0-9a-f-]{16,64}")
"""Ids as tracing makes them; in their digits a telephone number is seen by chance."""
_log = logging.getLogger(__name__)


class RequestContext:
    """Gives each request an id (the caller's own, where it is well-formed) and repeats it in the
    response; turns whatever nothing else caught into a 500 problem and a log entry with that id; logs one
    line about each request, which says nothing of what was asked."""

    def __init__(self, app: ASGIApp, logged: bool = True) -> None:
        """`logged`: False where an application stands behind that logs its requests itself."""
        self._app = app
        self._logged = logged

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope[REQUEST_ID_KEY] = _request_id(scope)
        began, status, sent = time.perf_counter(), 0, 0

        async def send_with_id(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).setdefault(REQUEST_ID_HEADER, request_id)
            sent += len(message.get("body", b""))
            await send(message)

        outer = REQUEST_ID.set(request_id)
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            _log.exception("request failed")
            if status:  # it has gone out: all that is left is to cut the connection
                raise
            await respond(scope, ProblemError(INTERNAL))(scope, receive, send_with_id)
        finally:
            if self._logged:
                _log_request(scope, status, sent, time.perf_counter() - began)
            REQUEST_ID.reset(outer)


def _request_id(scope: Scope) -> str:
    """The caller's own id for the request, else a new one. What looks like personal data is no id."""
    given = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
    if _GIVEN_ID.fullmatch(given) and (_TRACE_ID.fullmatch(given) or mask(given) == given):
        return given
    return uuid.uuid4().hex


def _log_request(scope: Scope, status: int, sent: int, seconds: float) -> None:
    """One line: the route as it is written in the code, never the address, which may hold ids or a question.

    `status` 0: the client left before anything was answered. `route` null: refused before there was one.
    """
    caller: Caller | None = scope.get(CALLER_KEY)
    line = fields(
        method=scope["method"],
        route=_route(scope),
        status=status,
        ms=round(seconds * 1000, 1),
        bytes=sent,
        key=caller.key.id if caller and caller.key else None,
    )
    _log.log(logging.INFO if status < INTERNAL.status else logging.WARNING, "request", extra=line)


def _route(scope: Scope) -> str | None:
    """The path of the route that took the request, with the names of its parameters."""
    route, endpoint = scope.get("route"), scope.get("endpoint")
    if route is None and endpoint is not None:  # the framework notes its own kind of route only
        plain = (each for each in scope["app"].routes if getattr(each, "endpoint", None) is endpoint)
        route = next((each for each in plain if each.matches(scope)[0] is not Match.NONE), None)
    return getattr(route, "path", None)


class BodyLimit:
    """Reads the body of every request before anything else looks at it; answers 413 to more than `limit`
    bytes, announced or counted, 408 to one that is not there after `seconds`, and 503 where what all hold
    beyond `limit` each would be more than `held` bytes.

    `larger` gives paths that take more bytes. What follows gets the body whole, in one message; but of a file
    that is handed in by `UPLOAD_ROUTES`, at most `upload` bytes, it reads itself what has come, and meets the
    limits as ProblemError. Not the framework's own limit: that one knows no time, and answers in plain text.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int = MAX_BODY_BYTES,
        larger: Mapping[str, int] = LARGER_BODIES,
        seconds: float = BODY_SECONDS,
        upload: int = DEFAULT_UPLOAD_BYTES,
        upload_seconds: float = UPLOAD_SECONDS,
        held: int = HELD_BYTES,
    ) -> None:
        self._app = app
        self._room = held
        self._upload = upload + FORM_BYTES
        self._upload_seconds = upload_seconds
        self._limit = limit
        self._larger = larger
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if (scope["method"], path_of(scope)) in UPLOAD_ROUTES:
            await self._pass_upload(scope, receive, send)
            return
        with self._room_for_one() as grown:
            await self._pass_body(scope, receive, send, grown)

    async def _pass_body(
        self, scope: Scope, receive: Receive, send: Send, grown: Callable[[int], None]
    ) -> None:
        limit = self._larger.get(path_of(scope), self._limit)
        try:
            if _announced(scope) > limit:
                raise ProblemError(TOO_LARGE)
            async with asyncio.timeout(self._seconds):
                body = await _read(receive, limit, grown)
        except TimeoutError:
            await refuse(scope, ProblemError(SLOW))(scope, receive, send)
        except ProblemError as problem:
            await refuse(scope, problem)(scope, receive, send)
        else:
            if body is not None:
                await self._app(scope, replayed(body, receive), send)

    @contextmanager
    def _room_for_one(self) -> Iterator[Callable[[int], None]]:
        """Gives what is told how large the body at hand has grown, and raises a 503 problem where there is no
        room for it; in the end its room is free again."""
        taken = 0

        def grown(size: int) -> None:
            nonlocal taken
            more = max(0, size - self._limit) - taken
            if more > self._room:
                raise busy()
            self._room -= more
            taken += more

        try:
            yield grown
        finally:
            self._room += taken

    async def _pass_upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if _announced(scope) > self._upload:
                raise _too_large(self._upload)
            await self._app(scope, _counted(receive, self._upload, self._upload_seconds), send)
        except ProblemError as problem:  # of whoever passes the body on without an answer to it, as a front
            await refuse(scope, problem)(scope, receive, send)


async def _read(receive: Receive, limit: int, grown: Callable[[int], None]) -> bytes | None:
    """The whole body; None where the client has gone. Raises ProblemError above `limit` bytes, and what
    `grown` raises."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > limit:
            raise ProblemError(TOO_LARGE)
        grown(len(body))
        if not message.get("more_body", False):
            return bytes(body)


def _counted(receive: Receive, limit: int, seconds: float) -> Receive:
    """A channel that gives what `receive` has, until the body is larger than `limit` bytes or takes longer
    than `seconds`; it raises ProblemError then."""
    size, complete = 0, False
    closing = {"Connection": "close"}  # nobody reads the rest
    until = asyncio.get_running_loop().time() + seconds

    async def receive_counted() -> Message:
        nonlocal size, complete
        if complete:
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise ProblemError(SLOW, headers=closing) from None
        size += len(message.get("body", b""))
        complete = not message.get("more_body", False)
        if size > limit:
            raise _too_large(limit)
        return message

    return receive_counted


def _too_large(limit: int) -> ProblemError:
    """The problem of a file that is too large."""
    most = (limit - FORM_BYTES) // (1024 * 1024)
    return ProblemError(
        TOO_LARGE, f"文件最多 {most} MiB，请拆成几个文件再上传。", headers={"Connection": "close"}
    )


def replayed(body: bytes, receive: Receive) -> Receive:
    """A channel that gives `body` in one message, then whatever `receive` has (the client's leaving)."""
    given = False

    async def receive_body() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_body


def _announced(scope: Scope) -> int:
    """The body's length as the client announces it; 0 where it does not."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length[:20]) if length.isascii() and length.isdecimal() else 0
