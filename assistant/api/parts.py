"""What the application holds for its routes besides the assistant: store, guard, and its address."""

from starlette.requests import Request

from assistant.api.access import Access
from assistant.storage.store import Store


def store_of(request: Request) -> Store:
    """What is kept between requests; there before the assistant is open."""
    store: Store = request.app.state.store
    return store


def access_of(request: Request) -> Access:
    """Who may call, and how much."""
    access: Access = request.app.state.access
    return access


def base_of(request: Request) -> str:
    """What stands before the path of a link that leaves the service: the address under which people reach it,
    where one is set, else the one under which it was called; without a slash at its end."""
    public_url: str = request.app.state.public_url
    return (public_url or str(request.base_url)).rstrip("/")
