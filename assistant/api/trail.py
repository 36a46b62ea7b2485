"""Acts of administrators are put down, with the key that did them."""

from starlette.requests import Request

from assistant.access.caller import caller_of
from assistant.api.parts import store_of


def put_down(request: Request, act: str, what: str) -> None:
    """Put down an act of the caller of `request`: an act such as `document.add`, and the id of what it was
    done to. Raises StorageFault."""
    key = caller_of(request).key
    store_of(request).trail.record(key.id if key else None, act, what)
