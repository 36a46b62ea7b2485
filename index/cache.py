"""A cache in memory, bounded by number, size and age: the least recently used entry goes first."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

MOST = 512
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class _Entry(Generic[_Value]):
    value: _Value
    size: int
    since: float


class Cache(Generic[_Value]):
    """At most `most` values by key, together of at most `most_size`, none older than `seconds` (None: without
    that limit). Safe to share between threads."""

    def __init__(
        self,
        most: int = MOST,
        most_size: int | None = None,
        seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._most_size, self._seconds = most, most_size, seconds
        self._clock = clock
        self._held: OrderedDict[Hashable, _Entry[_Value]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> _Value | None:
        """The value, or None."""
        with self._lock:
            entry = self._held.get(key)
            if entry is None:
                return None
            if self._is_old(entry):
                self._drop(key)
                return None
            self._held.move_to_end(key)
            return entry.value

    def put(self, key: Hashable, value: _Value, size: int = 0) -> None:
        """Keep `value`, unless it alone is larger than all may be."""
        if self._most_size is not None and size > self._most_size:
            return
        with self._lock:
            if key in self._held:
                self._drop(key)
            self._held[key] = _Entry(value, size, self._clock())
            self._size += size
            while len(self._held) > self._most or (
                self._most_size is not None and self._size > self._most_size
            ):
                self._drop(next(iter(self._held)))

    def expire(self) -> None:
        """Let go of what is too old. Nobody has to ask for it any more."""
        with self._lock:
            for key in [key for key, entry in self._held.items() if self._is_old(entry)]:
                self._drop(key)

    def __len__(self) -> int:
        return len(self._held)

    def _is_old(self, entry: _Entry[_Value]) -> bool:
        return self._seconds is not None and self._clock() - entry.since >= self._seconds

    def _drop(self, key: Hashable) -> None:
        self._size -= self._held.pop(key).size
