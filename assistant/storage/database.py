"""The database: its tables, and how each kind of engine is opened.

One row of `exchanges` is one exchange of a conversation, one row of `ratings` what somebody thought of
its answer.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects.mysql import MEDIUMTEXT
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateTable

from assistant.errors import InvalidSettings

_BUSY_MILLISECONDS = 10_000

_JSON_TEXT = Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")
_metadata = MetaData()
exchanges = Table(
    "exchanges",
    _metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(64), nullable=False),
    Column("answer_id", String(64), nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("exchange", _JSON_TEXT, nullable=False),
    Column("answer", _JSON_TEXT, nullable=False),
    UniqueConstraint("conversation_id", "id"),  # also the index that histories are read by
    sqlite_autoincrement=True,  # a number is never given again, so order is order of asking
)
ratings = Table(
    "ratings",
    _metadata,
    Column("answer_id", String(64), primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("rating", String(8), nullable=False),
    Column("comment", Text, nullable=False),
)


def open_database(url: str) -> Engine:
    """The engine of `url`, its tables made where they are missing. SQLite files are in WAL mode.

    Raises InvalidSettings where `url` leads nowhere.
    """
    try:
        engine = _make_engine(url)
        with engine.begin() as connection:
            for table in _metadata.sorted_tables:
                connection.execute(CreateTable(table, if_not_exists=True))
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise InvalidSettings(
            "对话记录的存放处打不开，请检查 POLICY_QA_DATABASE_URL 或 POLICY_QA_STATE_DIR "
            "的写法、驱动和读写权限。"
        ) from error
    return engine


def _make_engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    engine = _make_sqlite_engine(parsed)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")  # first: the next one takes a lock
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    return engine


def _make_sqlite_engine(url: URL) -> Engine:
    if url.database in (None, "", ":memory:"):
        # One connection, lent to one thread at a time: another would see another, empty database.
        return create_engine(
            url, poolclass=QueuePool, pool_size=1, max_overflow=0, connect_args={"check_same_thread": False}
        )
    Path(str(url.database)).expanduser().parent.mkdir(parents=True, exist_ok=True)
    return create_engine(url)


def empty_log(engine: Engine) -> None:
    """Leave nothing of erased rows in SQLite's write-ahead log; other databases keep no such file."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            _truncate(connection)


def _truncate(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
