"""Which worker takes a request."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Collection
from urllib.parse import parse_qs

from ui.front.workers import Worker, Workers

CHAT = "/gradio_api/"
_DETOURS = 10_000


class Choice:
    """The least busy worker; for a page of the chat always the same one, since what the page is to be told
    lies in that worker's memory."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._detours: OrderedDict[str, Worker] = OrderedDict()

    def take(self, session: str | None, without: Collection[Worker] = ()) -> Worker | None:
        """The worker for a request of the page `session`, or of anybody (None); None where there is none.
        `without`: those that have failed it already."""
        ready = [worker for worker in self._workers.ready() if worker not in without]
        if not ready:
            return None
        if session is None:
            return min(ready, key=lambda worker: worker.busy)
        return self._same(session, ready)

    def _same(self, session: str, ready: list[Worker]) -> Worker:
        """The page's worker by rendezvous hashing over all places. While that place is empty another worker
        takes the page, and keeps it as long as it lives."""
        detour = self._detours.get(session)
        if detour in ready:
            return detour
        self._detours.pop(session, None)
        wanted = max(range(self._workers.count), key=lambda slot: _weight(session, slot))
        at_home = next((worker for worker in ready if worker.slot == wanted), None)
        if at_home is not None:
            return at_home
        other = max(ready, key=lambda worker: _weight(session, worker.slot))
        self._detours[session] = other
        while len(self._detours) > _DETOURS:
            self._detours.popitem(last=False)
        return other


def _weight(session: str, slot: int) -> bytes:
    return hashlib.blake2b(f"{slot}\0{session}".encode(), digest_size=8).digest()


def session_of(path: str, query: bytes, body: bytes) -> str | None:
    """The page of the chat that a request comes from; None for all other requests. What is not of the
    expected form any worker may refuse."""
    if not path.startswith(CHAT):
        return None
    if named := parse_qs(query.decode("latin-1")).get("session_hash"):
        return named[0]
    if not body:
        return None
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None
    named_in_body = sent.get("session_hash") if isinstance(sent, dict) else None
    return named_in_body if isinstance(named_in_body, str) else None
