"""Answers that are given again where the same is asked again.

Only what would be made again byte for byte is kept: the extract, which no model of language has touched, of a
question without a conversation before it. It is kept for as long as the settings allow, since an answer
repeats what somebody asked; the question itself is kept as a hash alone.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import TypeAdapter

from assistant.cache.single_flight import SingleFlight
from assistant.metrics import ANSWER_CACHE
from assistant.schema import Answer, Request
from index.cache import Cache
from index.schema import Hit

FOUND = 5
"""Hits of the first thing asked that are kept with an answer, for those who are told what was found."""
MOST = 1024
"""Answers that are kept."""
MOST_BYTES = 8 * 1024 * 1024
"""What they may take together, as JSON."""
_ANSWER = TypeAdapter(Answer)


@dataclass(frozen=True, slots=True)
class MadeAnswer:
    """An answer without ids and times, and the best of what was found for the first thing asked."""

    answer: Answer
    found: tuple[Hit, ...]


class AnswerCache:
    """The answers of one opened index, with one set of settings. Safe to share between threads."""

    def __init__(
        self,
        fingerprint: str,
        seconds: float,
        most: int = MOST,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fingerprint` stands for the index; answers are kept for `seconds`, for 0 not at all."""
        self._fingerprint = fingerprint
        self._seconds = seconds
        self._kept: Cache[MadeAnswer] = Cache(most, most_bytes, seconds, clock)
        self._flight: SingleFlight[MadeAnswer] = SingleFlight()

    def given(self, request: Request, make: Callable[[], MadeAnswer]) -> tuple[MadeAnswer, bool]:
        """The answer to `request`, and whether `make` has made it just now, in this thread. Raises what
        `make` raises."""
        if not self._seconds:
            return make(), True
        key = self._key(request)
        for outcome, look in (("hit", self._kept.get), ("joined", self._flight.joined)):
            if known := look(key):
                ANSWER_CACHE.labels(outcome=outcome).inc()
                return known, False
        ANSWER_CACHE.labels(outcome="miss").inc()
        return self._flight.made(key, lambda: self._keep(key, make())), True

    def expire(self) -> None:
        """Let go of answers that have been kept for long enough."""
        self._kept.expire()

    def _keep(self, key: bytes, made: MadeAnswer) -> MadeAnswer:
        self._kept.put(key, made, len(_ANSWER.dump_json(made.answer)))
        return made

    def _key(self, request: Request) -> bytes:
        """Stands for everything that the answer is made of; who reads it learns nothing of it."""
        named = [self._fingerprint, request.message, request.as_of.isoformat(), request.documents]
        return hashlib.sha256(json.dumps(named).encode()).digest()
