"""The path of a request as the routes know it."""

from starlette.types import Scope


def path_of(scope: Scope) -> str:
    """The path below the prefix under which another application, or a proxy, mounts this one; "" where there
    is no path (a connection that was refused before its request was read)."""
    path: str = scope.get("path", "")
    return path.removeprefix(scope.get("root_path", ""))
