"""The same work asked for by several threads at once is done by one of them; the others get what it made."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

_Made = TypeVar("_Made")


class SingleFlight(Generic[_Made]):
    """Work under way, by key. Safe to share between threads; a thread that does some must not ask for the
    same key again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, Future[_Made]] = {}

    def joined(self, key: Hashable) -> _Made | None:
        """What the thread that is at it makes, waited for; None where none is, or it fails."""
        with self._lock:
            future = self._under_way.get(key)
        if future is None or future.exception() is not None:
            return None
        return future.result()

    def made(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What `make` makes, while others may join. Raises what `make` raises, here alone."""
        future: Future[_Made] = Future()
        with self._lock:
            self._under_way.setdefault(key, future)
        try:
            value = make()
        except BaseException as error:
            self._end(key, future)
            future.set_exception(error)
            raise
        self._end(key, future)
        future.set_result(value)
        return value

    def _end(self, key: Hashable, future: "Future[_Made]") -> None:
        with self._lock:
            if self._under_way.get(key) is future:
                del self._under_way[key]
