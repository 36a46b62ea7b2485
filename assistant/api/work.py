"""Answering in turn: a few questions at once, a bounded line of others, 503 for who would stand behind it.

A question costs the models a good part of a second of one core. More at once than there are cores answer none
sooner, and take memory and turns from each other; so all that ask the models stand in one line, whichever way
they came. What waits for a language model elsewhere stands in another, since it needs no core meanwhile.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from starlette.requests import Request

from assistant.api.problems import busy, interrupted
from assistant.metrics import WORK_REFUSED, WORK_WAITING
from assistant.schema import Answerer

if TYPE_CHECKING:
    from assistant.settings import Settings

WRITTEN_AT_ONCE = 64
"""Questions for which a language model writes that are answered at once."""
WAITING = 64
"""Calls that may wait in a line."""
SECONDS = 20.0
"""How long they may."""
LOOK_SECONDS = 0.5
"""Between two looks at whether who waits is still there."""
_Done = TypeVar("_Done")


class Lane:
    """One line: `at_once` threads, `waiting` places. Safe to share between threads."""

    def __init__(
        self,
        name: str,
        at_once: int,
        waiting: int = WAITING,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._places, self._seconds = waiting, seconds
        self.resize(at_once)
        self._clock = clock
        self._lock = threading.Lock()
        self._inside = 0
        self._waiting = WORK_WAITING.labels(lane=name)

    def resize(self, at_once: int) -> None:
        """Have so many threads; only before the first call."""
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix=self._name)
        self._most = at_once + self._places

    def begin(self, call: Callable[[], _Done]) -> "Future[_Done]":
        """Let `call` have its turn in a thread of the lane; a future that is cancelled leaves the line.

        Raises a 503 problem where the line is full; so does the future, where its turn comes too late.
        """
        with self._lock:
            if self._inside >= self._most:
                WORK_REFUSED.labels(lane=self._name).inc()
                raise busy()
            self._inside += 1
        self._waiting.inc()
        until = self._clock() + self._seconds

        def turn() -> _Done:
            self._waiting.dec()
            if self._clock() > until:
                WORK_REFUSED.labels(lane=self._name).inc()
                raise busy()
            return call()

        def left(future: "Future[_Done]") -> None:
            if future.cancelled():
                self._waiting.dec()
            with self._lock:
                self._inside -= 1

        future = self._pool.submit(turn)
        future.add_done_callback(left)
        return future

    async def run(self, call: Callable[[], _Done], request: Request | None = None) -> _Done:
        """What `call` returns, in its turn. Raises what it raises, and 503 problems as `begin` does.

        It leaves the line where the client of `request` hangs up meanwhile, and raises a 503 problem, which
        nobody reads."""
        turn = asyncio.wrap_future(self.begin(call))
        try:
            while request is not None and not (await asyncio.wait({turn}, timeout=LOOK_SECONDS))[0]:
                if await request.is_disconnected():
                    raise interrupted()
            return await turn
        finally:
            turn.cancel()

    def run_blocking(self, call: Callable[[], _Done]) -> _Done:
        """The same for callers outside of a loop, whose thread waits meanwhile."""
        return self.begin(call).result()


def answering_at_once(processes: int) -> int:
    """Questions that one of `processes` on this machine answers at once: its share of the cores, and one that
    has its Python done meanwhile."""
    return max(1, ((os.cpu_count() or 1) + processes) // processes)


ANSWERING = Lane("answer", answering_at_once(1))
WRITING = Lane("write", WRITTEN_AT_ONCE)


def lane_for(answerer: Answerer | None, settings: "Settings") -> Lane:
    """The line of a question; `answerer` as a request names it."""
    return WRITING if (answerer or settings.answerer) is Answerer.LLM else ANSWERING
