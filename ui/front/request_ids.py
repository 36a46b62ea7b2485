"""A request's id before the application knows the request: of the front, and of a server that is starting."""

import logging
import re
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.problems import INTERNAL, REQUEST_ID_KEY, ProblemError, respond

HEADER = "x-request-id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_log = logging.getLogger(__name__)


class RequestIds:
    """Gives each request an id, the caller's own where it has one, and repeats it in an answer that bears
    none; a fault of what stands behind becomes a 500 problem. Whoever takes the request logs it
    (`assistant.api.middleware`), not this."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        scope[REQUEST_ID_KEY] = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).setdefault(HEADER, scope[REQUEST_ID_KEY])
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            _log.exception("a request failed before it reached the application")
            if started:  # the status has gone out: all that is left is to cut the connection
                raise
            await respond(scope, ProblemError(INTERNAL))(scope, receive, send_with_id)
