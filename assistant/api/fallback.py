"""Answers what no call of the interface takes: 405 where only the method is wrong, else 404.

The router alone would name only the methods of the first route that has the path, and would let whatever
is mounted at `/` take what the interface does not.
"""

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from assistant.api.problems import METHOD, NOT_FOUND, ProblemError

_PATHS = ("/v1", "/v1/{rest:path}", "/healthz", "/readyz", "/openapi.json", "/docs", "/docs/{rest:path}")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class _Fallback:
    """An ASGI endpoint for every method; it always raises."""

    def __init__(self, routes: tuple[BaseRoute, ...]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        allowed = [method for method in _METHODS if self._takes(scope, method)]
        if "GET" in allowed:
            allowed.insert(1, "HEAD")  # see assistant.api.heads
        if allowed:
            raise ProblemError(METHOD, headers={"Allow": ", ".join(allowed)})
        raise ProblemError(NOT_FOUND)

    def _takes(self, scope: Scope, method: str) -> bool:
        tried = {**scope, "method": method}
        return any(route.matches(tried)[0] is Match.FULL for route in self._routes)


def add_fallback(app: FastAPI) -> None:
    """Close the paths of the interface; call it after the last of its routes was added."""
    endpoint = _Fallback(tuple(app.router.routes))
    app.router.routes.extend(Route(path, endpoint, include_in_schema=False) for path in _PATHS)
