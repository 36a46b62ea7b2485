"""Page loads that have asked something, so that those whom nobody listens for take no room.

Gradio keeps what a page is to be told until the page fetches it, for 2,000 pages, and a note of each page
for ever. A program that asks under ever new session hashes and never fetches would fill the memory.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.api.problems import busy

if TYPE_CHECKING:
    from gradio.queueing import Queue

SESSIONS = 500
"""Page loads that are remembered at a time."""
STREAMS = 4
"""Streams that one page load may have open; the page itself opens one at a time."""
QUIET_SECONDS = 60.0
"""After so long without a question and without a stream a page load is forgotten."""


@dataclass(slots=True)
class _Session:
    used: float
    streams: int = 0


class Sessions:
    """The page loads of one Gradio queue. Lives on the event loop, like the queue."""

    def __init__(self, queue: "Queue", clock: Callable[[], float] = time.monotonic) -> None:
        self._queue = queue
        self._clock = clock
        self._known: OrderedDict[str, _Session] = OrderedDict()  # the longest unused first

    def __contains__(self, session: str) -> bool:
        return session in self._known

    async def joins(self, session: str) -> None:
        """Note that `session` asks something. Raises a 503 problem where there are too many that listen."""
        await self._forget_quiet()
        if session not in self._known and len(self._known) >= SESSIONS:
            oldest = next((name for name, each in self._known.items() if not each.streams), None)
            if oldest is None:
                raise busy()
            await self._forget(oldest)
        self._use(session)

    @contextmanager
    def listening(self, session: str) -> Iterator[None]:
        """While a stream of `session`, which is known, is open. Raises a 503 problem where too many are."""
        listened = self._known[session]
        if listened.streams >= STREAMS:
            raise busy()
        listened.streams += 1
        try:
            yield
        finally:
            listened.streams -= 1
            if session in self._known:
                self._use(session)

    def _use(self, session: str) -> None:
        known = self._known.setdefault(session, _Session(0.0))
        known.used = self._clock()
        self._known.move_to_end(session)

    async def _forget_quiet(self) -> None:
        quiet = self._clock() - QUIET_SECONDS
        old = [name for name, each in self._known.items() if each.used < quiet and not each.streams]
        for name in old:
            await self._forget(name)

    async def _forget(self, session: str) -> None:
        """Forget `session`, here and in Gradio: its questions stop, what it was to be told goes."""
        self._known.pop(session, None)
        await self._queue.clean_events(session_hash=session)
        self._queue.pending_messages_per_session.pop(session, None)
        self._queue.pending_event_ids_session.pop(session, None)
