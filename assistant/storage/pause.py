"""The switch that stops answering, for all processes that share the database, and what is said meanwhile.

What was seen of it last is noted in a file too, so that a process which starts while the database cannot be
read goes by that: who has stopped answering is not overruled by an outage.
"""

import json
import logging
import threading
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, select

from assistant.errors import StorageFault
from assistant.storage.database import Database
from assistant.storage.tables import pauses
from index.storage.atomic_files import replace_file

MAX_MESSAGE = 200
"""Characters of what is said."""
LOOK_SECONDS = 1.0
"""How long a process goes by what it saw last."""
NOTE = "paused.json"
"""The file in the state folder; it is there while answering is stopped."""
_ONLY = 1
_log = logging.getLogger(__name__)


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

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.monotonic, note: Path | None = None
    ) -> None:
        """`note`: the file in which this machine keeps what was seen last; None: nowhere."""
        self._database = database
        self._clock = clock
        self._note = note
        self._lock = threading.Lock()
        self._known = False
        self._seen: Stopped | None = None
        self._seen_at = -LOOK_SECONDS

    def begin(self, key_id: str | None, message: str) -> None:
        """Stop answering, or say something else meanwhile."""
        row = {"id": _ONLY, "at": datetime.now(UTC), "key_id": key_id, "message": message}
        put = self._database.insert(pauses).values(row)
        with self._database.begin() as connection:
            connection.execute(put.on_conflict_do_update(index_elements=[pauses.c.id], set_=row))
        self._look_again()

    def end(self) -> bool:
        """Answer again; whether answering was stopped."""
        with self._database.begin() as connection:
            stopped = connection.execute(delete(pauses)).rowcount > 0
        self._look_again()
        return stopped

    def now(self) -> Stopped | None:
        """How it stands in the database."""
        query = select(pauses.c.at, pauses.c.key_id, pauses.c.message)
        with self._database.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else Stopped(*row)

    def message(self) -> str | None:
        """What is said instead of an answer; None where questions are answered. Cheap: at most
        `LOOK_SECONDS` old, but where the database cannot be read it stays as it was seen last, by this
        process or by one before it."""
        with self._lock:
            if self._clock() - self._seen_at >= LOOK_SECONDS:
                self._look()
            return self._seen.message if self._seen else None

    def _look_again(self) -> None:
        with self._lock:
            self._look()

    def _look(self) -> None:
        """See how it stands, and note what is new; with the lock."""
        try:
            seen = self.now()
        except StorageFault:  # said in the log by the database, which answers do not need
            if not self._known:
                self._seen, self._known = self._noted(), True
        else:
            if not self._known or seen != self._seen:
                self._write(seen)
            self._seen, self._known = seen, True
        self._seen_at = self._clock()

    def _noted(self) -> Stopped | None:
        if self._note is None:
            return None
        try:
            held = json.loads(self._note.read_bytes())
            return Stopped(datetime.fromisoformat(held["at"]), held["key_id"], held["message"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.error("what was seen of the switch cannot be read: %s", type(error).__name__)
            return None

    def _write(self, seen: Stopped | None) -> None:
        if self._note is None:
            return
        try:
            if seen is None:
                self._note.unlink(missing_ok=True)
                return
            held = {"at": seen.at.isoformat(), "key_id": seen.key_id, "message": seen.message}
            self._note.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._note, json.dumps(held, ensure_ascii=False).encode())
        except OSError as error:  # the database holds it all the same
            _log.error("what is seen of the switch cannot be noted: %s", type(error).__name__)


def line_of(text: str) -> str:
    """`text` as it may be said: on one line, of characters that people see."""
    words = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    return " ".join(words.split())
