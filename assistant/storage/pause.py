"""The switch that stops answering, for all processes that share the database, and what is said meanwhile.

What was seen of it last is noted in a file too, so that a process which starts while the database cannot be
read goes by that: who has stopped answering is not overruled by an outage. The processes of a machine share
that file; who finds that it says something else looks at the database once more and writes, under a lock.
"""

import fcntl
import json
import logging
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
_LOCK = ".lock"
"""Ends the name of the file that whoever writes the note holds."""
_LOCK_SECONDS = 1.0
"""How long who throws the switch waits for that. Who only looks does not wait: the next look notes it."""
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
        self._failing = False

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
                self._look(0.0)
            return self._seen.message if self._seen else None

    def _look_again(self) -> None:
        with self._lock:
            self._look(_LOCK_SECONDS)

    def _look(self, patience: float) -> None:
        """See how it stands, and have the note say so; with the lock."""
        try:
            seen = self.now()
            if self._note is not None and _read(self._note) != _text(seen):
                seen = self._noting(self._note, seen, patience)
        except StorageFault:  # said in the log by the database, which answers do not need
            if not self._known:
                self._seen, self._known = self._noted(), True
        else:
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

    def _noting(self, note: Path, seen: Stopped | None, patience: float) -> Stopped | None:
        """Look once more, as nobody else writes the note, and write it; what was seen in the end. Where it
        cannot be written the next look tries again. Raises StorageFault."""
        try:
            note.parent.mkdir(parents=True, exist_ok=True)
            with _alone(note.with_name(note.name + _LOCK), patience) as alone:
                if alone:
                    seen = self.now()
                    _write(note, _text(seen))
            self._failing = False
        except OSError as error:  # the database holds it all the same
            if not self._failing:
                _log.error("what is seen of the switch cannot be noted: %s", type(error).__name__)
            self._failing = True
        return seen


def _text(seen: Stopped | None) -> bytes | None:
    if seen is None:
        return None
    held = {"at": seen.at.astimezone(UTC).isoformat(), "key_id": seen.key_id, "message": seen.message}
    return json.dumps(held, ensure_ascii=False).encode()


def _read(note: Path) -> bytes | None:
    try:
        return note.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        return b""  # it says nothing, and is to be written


def _write(note: Path, text: bytes | None) -> None:
    if text is None:
        note.unlink(missing_ok=True)
    elif _read(note) != text:
        replace_file(note, text)


@contextmanager
def _alone(path: Path, patience: float) -> Iterator[bool]:
    """Whether the lock in `path` is held meanwhile; after at most so many seconds."""
    until = time.monotonic() + patience
    with path.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    yield False
                    return
                time.sleep(0.01)
            else:
                yield True  # closing the file lets go of it
                return


def line_of(text: str) -> str:
    """`text` as it may be said: on one line, of characters that people see."""
    words = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    return " ".join(words.split())
