"""A circuit breaker (Nygard, Release It!, 2007): while a model keeps failing, nobody waits for it."""

import threading
import time
from collections.abc import Callable

FAILURES = 3
"""Faults in a row that open it."""
REST_SECONDS = 30.0
"""How long it stays open; then one call tries the model, and the next ones wait for how that ends."""


class Breaker:
    """Whether a call may be tried. Safe to share between threads."""

    def __init__(
        self,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None

    def rests(self) -> bool:
        """Whether it is open and its rest not over; asking changes nothing."""
        with self._lock:
            opened = self._opened_at
            return opened is not None and self._clock() - opened < self._rest_seconds

    def allows(self) -> bool:
        """Whether a call may be made now; after the rest the first to ask is the one who tries."""
        with self._lock:
            if self._opened_at is None:
                return True
            if self._clock() - self._opened_at < self._rest_seconds:
                return False
            self._opened_at = self._clock()  # others stay out until this try has ended
            return True

    def succeeded(self) -> None:
        """The model answered."""
        with self._lock:
            self._failures, self._opened_at = 0, None

    def failed(self) -> None:
        """The model did not answer as a model does."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit and self._opened_at is None:
                self._opened_at = self._clock()
