"""Conversations kept between requests: what was asked, how it was understood, what was answered, how it was
rated.

A conversation exists while it has exchanges; deleting it erases them and their ratings for good, on
SQLite from the file's free pages and the write-ahead log too.

Whoever begins a conversation in the chat gets a secret, and its id is made from the secret alone: the
secret finds the conversation, the id that stands in the database, in answers and in exports does not
give the secret, and nothing about it is stored.
"""

import hashlib
import json
import re
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from pydantic import TypeAdapter
from sqlalchemy import Column, Connection, Row, delete, insert, select

from assistant.errors import UnknownAnswer, UnknownConversation
from assistant.schema import Answer, Exchange
from assistant.storage.database import empty_log, exchanges, open_database, ratings
from index.text.folding import encodable

HISTORY_LIMIT = 10
"""Exchanges that a follow-up question can look back on."""

TRANSCRIPT_LIMIT = 30
"""Questions with their answers that a chat shows of a conversation."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 random bits
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ANSWER = TypeAdapter(Answer)
_EXCHANGE = TypeAdapter(Exchange)


class Rating(StrEnum):
    """What somebody thought of an answer."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of a conversation as it was asked, and the answer as it was given."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Rated:
    """A rated answer, and the conversation's questions up to it, oldest first."""

    answer: Answer
    turns: tuple[str, ...]
    rating: Rating
    comment: str
    created_at: datetime


def new_id(prefix: str) -> str:
    """`prefix_` and 32 random hexadecimal digits, such as `ans_0f8f…`."""
    return f"{prefix}_{uuid.uuid4().hex}"


def new_secret() -> str:
    """A secret for a conversation that begins."""
    return secrets.token_urlsafe(32)


def conversation_of(secret: str) -> str:
    """The id of the conversation that belongs to `secret`. Raises UnknownConversation for what is none."""
    if not _SECRET.fullmatch(secret):
        raise _unknown()
    return f"cnv_{hashlib.sha256(b'policy-qa conversation ' + secret.encode()).hexdigest()[:32]}"


class Conversations(Protocol):
    """Where conversations are kept. Implementations are safe to share between threads."""

    def history(self, conversation_id: str) -> tuple[Exchange, ...]:
        """The last `HISTORY_LIMIT` exchanges, oldest first. Raises UnknownConversation."""
        ...

    def transcript(self, conversation_id: str) -> tuple[Answered, ...]:
        """The last `TRANSCRIPT_LIMIT` questions with their answers, oldest first. Raises
        UnknownConversation."""
        ...

    def append(self, answer: Answer, exchange: Exchange) -> None:
        """Keep `answer` and its exchange in `answer.conversation_id`, which begins here if it is new."""
        ...

    def answer(self, answer_id: str) -> Answer | None:
        """The answer with this id as it was given, or None."""
        ...

    def rate(self, answer_id: str, rating: Rating, comment: str = "") -> None:
        """Keep what somebody thought of an answer; a later rating takes the place of an earlier one. Raises
        UnknownAnswer."""
        ...

    def rated(self) -> Iterator[Rated]:
        """Every rated answer, in the order of rating."""
        ...

    def delete(self, conversation_id: str) -> None:
        """Erase a conversation, its answers and their ratings for good. Raises UnknownConversation."""
        ...


class SqlConversations:
    """Conversations in any database that SQLAlchemy reaches; SQLite files are in WAL mode."""

    def __init__(self, url: str) -> None:
        """Open or create the store. Raises InvalidSettings where `url` leads nowhere."""
        self._engine = open_database(url)

    def history(self, conversation_id: str) -> tuple[Exchange, ...]:
        """See `Conversations.history`."""
        rows = self._latest(conversation_id, HISTORY_LIMIT, exchanges.c.exchange)
        return tuple(_EXCHANGE.validate_json(row.exchange) for row in rows)

    def transcript(self, conversation_id: str) -> tuple[Answered, ...]:
        """See `Conversations.transcript`."""
        rows = self._latest(conversation_id, TRANSCRIPT_LIMIT, exchanges.c.exchange, exchanges.c.answer)
        return tuple(
            Answered(_EXCHANGE.validate_json(row.exchange).question, _ANSWER.validate_json(row.answer))
            for row in rows
        )

    def _latest(self, conversation_id: str, limit: int, *columns: Column[Any]) -> list[Row[Any]]:
        """`columns` of a conversation's last `limit` rows, oldest first. Raises UnknownConversation."""
        _check(conversation_id)
        query = (
            select(*columns)
            .where(exchanges.c.conversation_id == conversation_id)
            .order_by(exchanges.c.id.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        if not rows:
            raise _unknown()
        return list(reversed(rows))

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
            connection.execute(insert(exchanges).values(row))

    def answer(self, answer_id: str) -> Answer | None:
        """See `Conversations.answer`."""
        if not _ID.fullmatch(answer_id):
            return None
        query = select(exchanges.c.answer).where(exchanges.c.answer_id == answer_id)
        with self._engine.connect() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else _ANSWER.validate_json(found)

    def rate(self, answer_id: str, rating: Rating, comment: str = "") -> None:
        """See `Conversations.rate`."""
        row = {"answer_id": answer_id, "created_at": datetime.now(UTC), "rating": rating.value}
        with self._engine.begin() as connection:
            known = (
                _ID.fullmatch(answer_id)
                and connection.execute(
                    select(exchanges.c.id).where(exchanges.c.answer_id == answer_id)
                ).first()
            )
            if not known:
                raise UnknownAnswer("没有这个回答，它可能已随对话删除；请检查 answer_id。")
            connection.execute(delete(ratings).where(ratings.c.answer_id == answer_id))
            connection.execute(insert(ratings).values(**row, comment=encodable(comment)))

    def rated(self) -> Iterator[Rated]:
        """See `Conversations.rated`."""
        query = (
            select(ratings, exchanges.c.answer, exchanges.c.conversation_id, exchanges.c.id)
            .join(exchanges, exchanges.c.answer_id == ratings.c.answer_id)
            .order_by(ratings.c.created_at, ratings.c.answer_id)
        )
        with self._engine.connect() as connection:
            for row in connection.execute(query).all():
                yield Rated(
                    _ANSWER.validate_json(row.answer),
                    _questions(connection, row.conversation_id, row.id),
                    Rating(row.rating),
                    row.comment,
                    row.created_at,
                )

    def delete(self, conversation_id: str) -> None:
        """See `Conversations.delete`."""
        _check(conversation_id)
        of_it = exchanges.c.conversation_id == conversation_id
        with self._engine.begin() as connection:
            answers = select(exchanges.c.answer_id).where(of_it)
            connection.execute(delete(ratings).where(ratings.c.answer_id.in_(answers)))
            erased = connection.execute(delete(exchanges).where(of_it)).rowcount
        if not erased:
            raise _unknown()
        empty_log(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _check(conversation_id: str) -> None:
    """An id of another shape was never given; some databases would choke on its characters."""
    if not _ID.fullmatch(conversation_id):
        raise _unknown()


def _unknown() -> UnknownConversation:
    return UnknownConversation("没有这段对话，它可能已被删除；请去掉 conversation_id，重新开始一段对话。")


def _questions(connection: Connection, conversation_id: str, last: int) -> tuple[str, ...]:
    query = (
        select(exchanges.c.exchange)
        .where(exchanges.c.conversation_id == conversation_id, exchanges.c.id <= last)
        .order_by(exchanges.c.id)
    )
    return tuple(_EXCHANGE.validate_json(row).question for row in connection.execute(query).scalars())


def _to_json(value: Answer | Exchange) -> str:
    return encodable(json.dumps(asdict(value), ensure_ascii=False))
