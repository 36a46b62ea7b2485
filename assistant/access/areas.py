"""Which part of the service an address belongs to, and the scope that a call of it needs."""

from dataclasses import dataclass
from enum import StrEnum

from assistant.access.keys import Scope

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_FILES = ("/ui/static/", "/docs/")
_FILE_PATHS = frozenset({"/widget", "/widget.js", "/favicon.ico"})


class Area(StrEnum):
    """A part of the service with one rule of access."""

    HEALTH = "health"
    """Open to everybody, and never counted."""
    METRICS = "metrics"
    API = "api"
    """For programs."""
    PAGES = "pages"
    """For people: the chat, the documents, the page of an answer."""
    ADMIN = "admin"
    """For maintainers, who log in there: the pages see to it themselves."""
    FILES = "files"
    """What pages are made of; never counted."""
    CALLBACKS = "callbacks"
    """Calls that another service signs; who signs is checked there."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a call is for."""

    area: Area
    scope: Scope | None = None
    """What a key needs for it; None: no key is asked for."""


def target_of(method: str, path: str) -> Target:
    """The part of the service that `path`, below a proxy's prefix, belongs to."""
    if path in ("/healthz", "/readyz"):
        return Target(Area.HEALTH)
    if path == "/metrics":
        return Target(Area.METRICS, Scope.METRICS)
    if _below(path, "/v1"):
        changes = _below(path, "/v1/documents") and method not in _READING
        return Target(Area.API, Scope.ADMIN if changes else Scope.ASK)
    if _below(path, "/mcp"):
        return Target(Area.API, Scope.ASK)
    if _below(path, "/wechat"):
        return Target(Area.CALLBACKS)
    if _below(path, "/admin"):
        return Target(Area.ADMIN)
    if path in _FILE_PATHS or path.startswith(_FILES):
        return Target(Area.FILES)
    return Target(Area.PAGES)


def _below(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}/")
