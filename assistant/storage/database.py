"""The database: opened, brought to today's form, and watched.

SQLite files are in WAL mode and for their owner alone (0600); a commit outlives the process, whatever ends
it. Of a fault the operator reads the cause in the log; callers get a `StorageFault`, whose sentence is for
people and names neither file nor statement.
"""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from assistant.errors import InvalidSettings, StorageCause, StorageFault
from assistant.logs import code_of
from assistant.storage.causes import cause_of, is_fault
from assistant.storage.upgrade import upgrade

_BUSY_MILLISECONDS = 10_000
_AGAIN_SECONDS = 0.02
_RETRY_SECONDS = 2.0
"""After so long a database that could not be opened is tried again."""
_LOG_SECONDS = 30.0
"""The same cause is written to the log once in so long."""
_CONNECT_SECONDS = 3
_log = logging.getLogger(__name__)


class Database:
    """One database, for all threads of this process; others may have it open too.

    It is opened when first needed, and again after a fault or after its file has vanished.
    """

    def __init__(self, url: str) -> None:
        """Raises InvalidSettings where `url` is neither SQLite's nor PostgreSQL's, or a driver is missing."""
        try:
            self._url = make_url(url)
            self._file = _sqlite_file(self._url)
            if self._url.get_backend_name() == "postgresql":
                self._url = self._url.set(drivername="postgresql+psycopg")
            elif self._url.get_backend_name() != "sqlite":
                raise InvalidSettings(_UNUSABLE)
            self._url.get_dialect()
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise InvalidSettings(_UNUSABLE) from error
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._identity: tuple[int, int] | None = None
        self._failed: StorageFault | None = None
        self._failed_at = 0.0
        self._opening_since: float | None = None
        self._logged: dict[StorageCause, float] = {}

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._url.get_backend_name()

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for a database in memory or on a server."""
        return self._file

    def open(self) -> None:
        """Open it now, and bring an older one to today's form. Raises StorageFault."""
        with self._translated():
            self._opened()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that is committed in the end. Raises StorageFault."""
        with self._translated(), self._opened().begin() as connection:
            yield connection

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection for reading. Raises StorageFault."""
        with self._translated(), self._opened().connect() as connection:
            yield connection

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT into `table` that can say what happens where the row is there already, which both kinds
        write alike and SQL's standard does not."""
        return sqlite.insert(table) if self.dialect == "sqlite" else postgresql.insert(table)

    def empty_log(self) -> None:
        """Leave nothing of erased rows in SQLite's write-ahead log; PostgreSQL keeps no such file of ours.
        Where somebody reads for longer than is waited for, the log says so, and the next call does it."""
        if self.dialect == "sqlite":
            with self.connect() as connection:
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
            if busy:
                _log.warning("database: what was erased is still in its log, which somebody reads")

    def close(self) -> None:
        """Let go of it; it is opened again when next needed."""
        with self._lock:
            self._let_go()

    def _opened(self) -> Engine:
        engine = self._engine
        if engine is not None and not self._vanished():
            return engine
        with self._alone():
            if self._engine is not None and self._vanished():
                _log.error("the database file has vanished or was replaced: opened anew")
                self._let_go()
            if self._engine is None:
                if self._failed is not None and time.monotonic() - self._failed_at < _RETRY_SECONDS:
                    raise StorageFault(self._failed.cause)
                self._opening_since = time.monotonic()
                try:
                    self._engine = self._open()
                finally:
                    self._opening_since = None
                self._failed = None
            return self._engine

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The lock, which another thread holds while it opens: bringing an old database here can take
        minutes. Who comes then waits no longer than for a busy one, counted from when that began."""
        begun = self._opening_since or time.monotonic()
        left = begun + _BUSY_MILLISECONDS / 1000 - time.monotonic()
        if not self._lock.acquire(timeout=max(0.0, left)):
            raise StorageFault(StorageCause.UPGRADING)
        try:
            yield
        finally:
            self._lock.release()

    def _open(self) -> Engine:
        engine: Engine | None = None
        try:
            engine = self._make()
            upgrade(engine)
            if self._file is not None:
                found = self._file.stat()
                self._identity = (found.st_dev, found.st_ino)
            return engine
        except BaseException as error:
            if engine is not None:
                engine.dispose()
            if not isinstance(error, Exception):
                raise
            fault = _fault_of_opening(error)
            self._failed, self._failed_at = fault, time.monotonic()
            if fault.cause is StorageCause.NOT_UPGRADED:
                _log.error("database: %s", fault.cause.value, exc_info=error)
                raise fault from error
            if error is fault:
                self._say(fault.cause, "")
            raise

    def _vanished(self) -> bool:
        """Whether the file that is open no longer has its name."""
        if self._file is None:
            return False
        try:
            found = self._file.stat()
        except OSError:
            return True
        return (found.st_dev, found.st_ino) != self._identity

    def _let_go(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
        self._engine, self._failed = None, None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, OSError) as error:
            if isinstance(error, DBAPIError) and not is_fault(error):
                raise
            cause = cause_of(error)
            self._say(cause, f" ({code_of(error)})")
            raise StorageFault(cause) from error

    def _say(self, cause: StorageCause, code: str) -> None:
        """Log a cause, once in a while."""
        now = time.monotonic()
        if now - self._logged.get(cause, -_LOG_SECONDS) >= _LOG_SECONDS:
            self._logged[cause] = now
            _log.error("database: %s%s", cause.value, code)

    def _make(self) -> Engine:
        if self.dialect == "postgresql":
            return create_engine(
                self._url,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args={"connect_timeout": _CONNECT_SECONDS},
            )
        if self._file is None:  # one connection, lent to one thread at a time: another would be empty
            engine = create_engine(
                self._url,
                poolclass=QueuePool,
                pool_size=1,
                max_overflow=0,
                hide_parameters=True,
                connect_args={"check_same_thread": False},
            )
        else:
            _make_private(self._file)
            engine = create_engine(self._url, hide_parameters=True)
        event.listen(engine, "connect", _prepare)
        return engine


_UNUSABLE = (
    "对话记录的存放处打不开，请检查 POLICY_QA_DATABASE_URL 的写法：可用 sqlite:///文件 或 postgresql://…。"
)


def _fault_of_opening(error: Exception) -> StorageFault:
    """What keeps the database from opening: itself, or a step to today's form that failed over what is in
    it."""
    if isinstance(error, StorageFault):
        return error
    if isinstance(error, OSError) or (isinstance(error, DBAPIError) and is_fault(error)):
        return StorageFault(cause_of(error))
    return StorageFault(StorageCause.NOT_UPGRADED)


def _sqlite_file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database)).expanduser()


def _make_private(file: Path) -> None:
    """The file, made where it is missing, for its owner alone. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    elif file.stat().st_mode & 0o077:
        for each in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
            if each.exists():
                each.chmod(0o600)


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")  # first: the next one takes a lock
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """WAL mode, which the file keeps. SQLite does not wait by itself where somebody else changes the mode of
    the same file at the same time: the lock is held already then, and waiting could be for ever."""
    deadline = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if cause_of(error) is not StorageCause.BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_AGAIN_SECONDS)
