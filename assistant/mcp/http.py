"""The MCP server at /mcp of an application: streamable HTTP without sessions.

Only POST is open. Each request stands alone and is answered with one JSON body, so that any worker can take
it, nothing is held between requests and no stream of events stays open. Who may call, under which names, from
which pages, and how large a body may be, the application has seen to before.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.types import (
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from assistant.api.middleware import replayed
from assistant.api.negotiation import require_json
from assistant.api.problems import NOT_JSON, not_ready
from assistant.mcp.server import make_server

if TYPE_CHECKING:
    from assistant.service import Assistant

PATH = "/mcp"
_NO_MESSAGE = "请求正文要是一条 JSON-RPC 2.0 的消息，一次一条；请对照 MCP 的说明改正后再发。"


class _Endpoint:
    """The server as an ASGI endpoint, while the application runs."""

    def __init__(self, server: Server[Any]) -> None:
        self._server = server
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve meanwhile. The library's manager runs once, an application perhaps several times."""
        manager = StreamableHTTPSessionManager(self._server, json_response=True, stateless=True)
        async with manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        require_json(request)
        body = await request.body()
        if (fault := _fault_of(body)) is not None:
            await JSONResponse(fault, 400)(scope, receive, send)
            return
        if self._manager is None:
            raise not_ready()
        await self._manager.handle_request(scope, replayed(body, receive), send)


def _fault_of(body: bytes) -> dict[str, Any] | None:
    """What is wrong with a body that is no message of JSON-RPC, as JSON-RPC says it; None where it is one.
    The library would say it in the words of its parser and of its checks, which repeat what was sent."""
    try:
        jsonrpc_message_adapter.validate_python(from_json(body), by_name=False)
    except ValidationError:
        error = ErrorData(code=INVALID_REQUEST, message=_NO_MESSAGE)
    except ValueError:
        error = ErrorData(code=PARSE_ERROR, message=NOT_JSON.advice)
    else:
        return None
    return JSONRPCError(jsonrpc="2.0", id=None, error=error).model_dump(mode="json", exclude_unset=True)


def mount_mcp(app: FastAPI, get_assistant: "Callable[[], Assistant]") -> None:
    """Serve the assistant that `get_assistant` gives at `PATH` of `app`."""
    endpoint = _Endpoint(make_server(get_assistant))
    app.router.routes.append(Route(PATH, endpoint, methods=["POST"], include_in_schema=False))
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        async with outer(app) as state, endpoint.running():
            yield state

    app.router.lifespan_context = lifespan
