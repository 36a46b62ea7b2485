"""The switch that stops answering, for all processes that share the database, and what is said meanwhile."""

import threading
import time
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select

from assistant.errors import StorageFault
from assistant.storage.database import Database
from assistant.storage.tables import pauses

MAX_MESSAGE = 200
"""Characters of what is said."""
LOOK_SECONDS = 1.0
"""How long a process goes by what it saw last."""
_ONLY = 1


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing is answered now."""

    at: datetime
    key_id: str | None
    """By whose key; None: on this machine."""
    message: str
    """What is said instead of an answer."""


class Pause:
    """The switch. Safe to share between threads; what changes or reads it raises StorageFault."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: Stopped | None = None
        self._seen_at = -LOOK_SECONDS

    def begin(self, key_id: str | None, message: str) -> None:
        """Stop answering, or say something else meanwhile."""
        row = {"id": _ONLY, "at": datetime.now(UTC), "key_id": key_id, "message": message}
        put = self._database.insert(pauses).values(row)
        with self._database.begin() as connection:
            connection.execute(put.on_conflict_do_update(index_elements=[pauses.c.id], set_=row))
        self._forget()

    def end(self) -> bool:
        """Answer again; whether answering was stopped."""
        with self._database.begin() as connection:
            stopped = connection.execute(delete(pauses)).rowcount > 0
        self._forget()
        return stopped

    def now(self) -> Stopped | None:
        """How it stands in the database."""
        query = select(pauses.c.at, pauses.c.key_id, pauses.c.message)
        with self._database.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else Stopped(*row)

    def message(self) -> str | None:
        """What is said instead of an answer; None where questions are answered. Cheap: at most
        `LOOK_SECONDS` old, but where the database cannot be read it stays as it was seen last."""
        with self._lock:
            if self._clock() - self._seen_at >= LOOK_SECONDS:
                with suppress(StorageFault):  # said in the log by the database, which answers do not need
                    self._seen = self.now()
                self._seen_at = self._clock()
            return self._seen.message if self._seen else None

    def _forget(self) -> None:
        with self._lock:
            self._seen_at = -LOOK_SECONDS


def line_of(text: str) -> str:
    """`text` as it may be said: on one line, of characters that people see."""
    words = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    return " ".join(words.split())
