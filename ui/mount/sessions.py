"""Page loads that have asked something, so that those whom nobody listens for take no room.

Gradio keeps what a page is to be told until the page fetches it, for 2,000 pages, and a note of each page
for ever. A program that asks under ever new session hashes and never fetches would fill the memory.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from anyio import CancelScope

from assistant.api.problems import busy

if TYPE_CHECKING:
    from gradio.queueing import Queue

SESSIONS = 200
"""Page loads that are remembered at a time."""
WAITING = 3
"""Events that one page load may wait for at a time."""
QUIET_SECONDS = 60.0
"""After so long without a question and without a stream a page load is forgotten."""


class Sessions:
    """The page loads of one Gradio queue. Lives on the event loop, like the queue."""

    def __init__(self, queue: "Queue", clock: Callable[[], float] = time.monotonic) -> None:
        self._queue = queue
        self._clock = clock
        self._used: OrderedDict[str, float] = OrderedDict()  # the longest unused first
        self._streams: dict[str, CancelScope] = {}

    def __contains__(self, session: str) -> bool:
        return session in self._used

    async def joins(self, session: str) -> None:
        """Note that `session` asks something. Where there are too many, the longest unused is forgotten;
        one that listens only where all do. Raises a 503 problem where it waits for too much already."""
        if len(self._queue.pending_event_ids_session.get(session, ())) >= WAITING:
            raise busy()
        quiet = self._clock() - QUIET_SECONDS
        old = [name for name, used in self._used.items() if used < quiet and name not in self._streams]
        if session not in self._used and len(self._used) - len(old) >= SESSIONS:
            rest = [name for name in self._used if name not in old]
            old.append(next((name for name in rest if name not in self._streams), rest[0]))
        for name in old:
            del self._used[name]
        self._use(session)
        for name in old:
            await self._forget(name)
        self._drop_left_over()

    def may_listen(self, session: str) -> bool:
        """Whether there is something to tell `session` that no other stream tells it."""
        queue = self._queue
        waiting = session in queue.pending_messages_per_session and queue.pending_event_ids_session.get(
            session
        )
        return session in self._used and bool(waiting) and session not in self._streams

    @contextmanager
    def listening(self, session: str) -> Iterator[None]:
        """While the stream of `session`, which may listen, is open; ended from here where it is forgotten."""
        with CancelScope() as scope:
            self._streams[session] = scope
            try:
                yield
            finally:
                del self._streams[session]
                if session in self._used:
                    self._use(session)
                self._forget_dead(session)

    def _use(self, session: str) -> None:
        self._used[session] = self._clock()
        self._used.move_to_end(session)

    async def _forget(self, session: str) -> None:
        """Forget `session` in Gradio too: its questions stop, what it was to be told goes."""
        if stream := self._streams.get(session):
            stream.cancel()  # Gradio does the rest, as when the page hangs up
            return
        await self._queue.clean_events(session_hash=session)
        self._drop(session)

    def _forget_dead(self, session: str) -> None:
        """Where the page hung up, Gradio keeps waiting for what it will never be told; what it has asked
        since is alive."""
        waiting = self._queue.pending_event_ids_session.get(session, set())
        events = [(name, self._queue.event_ids_to_events.get(name)) for name in waiting]
        if session not in self._used:  # hung up on from here
            for _, event in events:
                if event is not None:
                    event.alive = False
        dead = {name for name, event in events if event is None or not event.alive}
        waiting -= dead
        if dead and not waiting:
            self._drop(session)

    def _drop_left_over(self) -> None:
        """What Gradio wrote for forgotten sessions afterwards, when a question that was running ended."""
        held = {*self._queue.pending_messages_per_session, *self._queue.pending_event_ids_session}
        for name in held - self._used.keys() - self._streams.keys():
            self._drop(name)

    def _drop(self, session: str) -> None:
        self._queue.pending_messages_per_session.pop(session, None)
        self._queue.pending_event_ids_session.pop(session, None)
