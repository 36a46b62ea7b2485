"""What the application holds for its routes besides the assistant: the store and the guard's rules."""

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
