"""Conversations kept between requests: what was asked, how it was understood, what was answered.

One row is one exchange. A conversation exists while it has exchanges; deleting it erases them for
good, on SQLite from the file's free pages and the write-ahead log too.
"""

import json
import re
import uuid
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from pydantic import TypeAdapter
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
    delete,
    event,
    insert,
    make_url,
    select,
)
from sqlalchemy.dialects.mysql import MEDIUMTEXT
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateTable

from assistant.errors import InvalidSettings, UnknownConversation
from assistant.schema import Answer, Exchange

HISTORY_LIMIT = 10
"""Exchanges that a follow-up question can look back on."""

_BUSY_MILLISECONDS = 10_000
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ANSWER = TypeAdapter(Answer)
_EXCHANGE = TypeAdapter(Exchange)

_JSON_TEXT = Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")
_metadata = MetaData()
_exchanges = Table(
    "exchanges",
    _metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(64), nullable=False),
    Column("answer_id", String(64), nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("exchange", _JSON_TEXT, nullable=False),
    Column("answer", _JSON_TEXT, nullable=False),
    UniqueConstraint("conversation_id", "id"),  # also the index that `history` reads
    sqlite_autoincrement=True,  # a number is never given again, so order is order of asking
)


def new_id(prefix: str) -> str:
    """`prefix_` and 32 random hexadecimal digits, such as `ans_0f8f…`."""
    return f"{prefix}_{uuid.uuid4().hex}"


class Conversations(Protocol):
    """Where conversations are kept. Implementations are safe to share between threads."""

    def history(self, conversation_id: str) -> tuple[Exchange, ...]:
        """The last `HISTORY_LIMIT` exchanges, oldest first. Raises UnknownConversation."""
        ...

    def append(self, answer: Answer, exchange: Exchange) -> None:
        """Keep `answer` and its exchange in `answer.conversation_id`, which begins here if it is new."""
        ...

    def answer(self, answer_id: str) -> Answer | None:
        """The answer with this id as it was given, or None."""
        ...

    def delete(self, conversation_id: str) -> None:
        """Erase a conversation and its answers for good. Raises UnknownConversation."""
        ...


class SqlConversations:
    """Conversations in any database that SQLAlchemy reaches; SQLite files are in WAL mode."""

    def __init__(self, url: str) -> None:
        """Open or create the store. Raises InvalidSettings where `url` leads nowhere."""
        try:
            self._engine = _make_engine(url)
            with self._engine.begin() as connection:
                connection.execute(CreateTable(_exchanges, if_not_exists=True))
        except (SQLAlchemyError, ImportError, OSError) as error:
            raise InvalidSettings(
                "对话记录的存放处打不开，请检查 POLICY_QA_DATABASE_URL 或 POLICY_QA_STATE_DIR "
                "的写法、驱动和读写权限。"
            ) from error

    def history(self, conversation_id: str) -> tuple[Exchange, ...]:
        """See `Conversations.history`."""
        _check(conversation_id)
        query = (
            select(_exchanges.c.exchange)
            .where(_exchanges.c.conversation_id == conversation_id)
            .order_by(_exchanges.c.id.desc())
            .limit(HISTORY_LIMIT)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).scalars().all()
        if not rows:
            raise _unknown()
        return tuple(_EXCHANGE.validate_json(row) for row in reversed(rows))

    def append(self, answer: Answer, exchange: Exchange) -> None:
        """See `Conversations.append`."""
        row = {
            "conversation_id": answer.conversation_id,
            "answer_id": answer.id,
            "created_at": datetime.now(UTC),
            "exchange": _to_json(exchange),
            "answer": _to_json(answer),
        }
        with self._engine.begin() as connection:
            connection.execute(insert(_exchanges).values(row))

    def answer(self, answer_id: str) -> Answer | None:
        """See `Conversations.answer`."""
        if not _ID.fullmatch(answer_id):
            return None
        query = select(_exchanges.c.answer).where(_exchanges.c.answer_id == answer_id)
        with self._engine.connect() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else _ANSWER.validate_json(found)

    def delete(self, conversation_id: str) -> None:
        """See `Conversations.delete`."""
        _check(conversation_id)
        with self._engine.begin() as connection:
            statement = delete(_exchanges).where(_exchanges.c.conversation_id == conversation_id)
            erased = connection.execute(statement).rowcount
        if not erased:
            raise _unknown()
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                _empty_log(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _check(conversation_id: str) -> None:
    """An id of another shape was never given; some databases would choke on its characters."""
    if not _ID.fullmatch(conversation_id):
        raise _unknown()


def _unknown() -> UnknownConversation:
    return UnknownConversation("没有这段对话，它可能已被删除；请去掉 conversation_id，重新开始一段对话。")


def _to_json(value: Answer | Exchange) -> str:
    """`value` as JSON; lone surrogates, which no database can encode, become U+FFFD."""
    text = json.dumps(asdict(value), ensure_ascii=False)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


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


def _empty_log(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
