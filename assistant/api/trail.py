"""Acts of administrators are put down, with the key that did them."""

from typing import Protocol

from starlette.requests import Request

from assistant.access.caller import caller_of


class Trail(Protocol):
    """A list of acts to which lines are only ever added."""

    def record(self, key: str | None, act: str, what: str) -> None:
        """Put down that `key` (its id; None: nobody had to show one) did `act` to `what`."""


def put_down(request: Request, act: str, what: str) -> None:
    """Put down an act of the caller of `request` in the trail of its application, `app.state.trail`, if that
    has one."""
    trail: Trail | None = request.app.state.trail
    key = caller_of(request).key
    if trail is not None:
        trail.record(key.id if key else None, act, what)
