"""What wraps every request: its id, the last barrier against faults, the limit of its body.

Pure ASGI, so that streams pass through unbuffered and mounted applications keep working.
"""

import logging
import re
import uuid
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.problems import INTERNAL, REQUEST_ID_KEY, TOO_LARGE, ProblemError, respond

REQUEST_ID_HEADER = "X-Request-ID"
MAX_BODY_BYTES = 64 * 1024
LARGER_BODIES: Mapping[str, int] = {"/v1/verify": 2560 * 1024}
"""A draft of 200,000 code points, each of which JSON may write with up to twelve bytes."""

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_log = logging.getLogger(__name__)


class RequestContext:
    """Gives each request an id (the caller's own, where it is well-formed) and repeats it in the
    response; turns whatever nothing else caught into a 500 problem and a log entry with that id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
        request_id = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        scope[REQUEST_ID_KEY] = request_id
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).setdefault(REQUEST_ID_HEADER, request_id)
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            _log.exception("request %s failed", request_id)
            if started:  # the status has gone out: all that is left is to cut the connection
                raise
            await respond(scope, ProblemError(INTERNAL))(scope, receive, send_with_id)


class BodyLimit:
    """Answers 413 to a body of more than `limit` bytes under `prefix`, announced or counted; `larger`
    gives paths that take more.

    Not the framework's own limit: that one answers in plain text.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int = MAX_BODY_BYTES,
        prefix: str = "/v1/",
        larger: Mapping[str, int] = LARGER_BODIES,
    ) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection (ASGI)."""
        if scope["type"] != "http" or not _path(scope).startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(_path(scope), self._limit)
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > limit:
            await respond(scope, ProblemError(TOO_LARGE))(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(TOO_LARGE.status)  # the one kind that body readers let through
            return message

        await self._app(scope, receive_counted, send)


def _path(scope: Scope) -> str:
    """The path below the prefix that a proxy in front of us may add."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
