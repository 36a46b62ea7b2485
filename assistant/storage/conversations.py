"""Conversations kept between requests: what was asked, how it was understood, what was answered.

A conversation begins with its first exchange; deleting it erases it with its answers, their ratings, their
shared pages and the evaluation rows made of them for good, on SQLite from the file's free pages and the
write-ahead log too. Personal data of who asked is masked before anything is stored.

Whoever begins a conversation gets a secret, and its id is made from the secret alone: the secret finds the
conversation, the id that stands in the database, in answers and in exports does not give the secret, and
nothing about it is stored. A conversation that was begun with an ordinary key belongs to that key too.
"""

import hashlib
import hmac
import json
import re
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Column, Connection, Row, delete, false, insert, or_, select, update

from assistant.errors import UnknownConversation
from assistant.schema import Answer, Exchange
from assistant.storage.database import Database
from assistant.storage.masking import mask_answer, mask_exchange, storable, title_of
from assistant.storage.overview import cited_rows, overview_row
from assistant.storage.tables import cited, conversations, exchanges, made_rows, overview, ratings, shares
from index.text.folding import encodable
from index.text.personal_data import mask

HISTORY_LIMIT = 10
"""Exchanges that a follow-up question can look back on."""

TRANSCRIPT_LIMIT = 30
"""Questions with their answers that the interface gives of a conversation."""

LIST_LIMIT = 200
"""Conversations that are listed, the latest."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 random bits
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
ANSWER = TypeAdapter(Answer)
EXCHANGE = TypeAdapter(Exchange)
"""Read what is stored as JSON."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of a conversation as it is stored, and the answer as it was given."""

    question: str
    answer: Answer
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is listed."""

    id: str
    title: str
    """Its first question, cut, unless it was renamed."""
    created_at: datetime
    updated_at: datetime
    key_id: str | None = None
    """The ordinary key that began it."""


def new_id(prefix: str) -> str:
    """`prefix_` and 32 random hexadecimal digits, such as `ans_0f8f…`."""
    return f"{prefix}_{uuid.uuid4().hex}"


def is_id(text: str) -> bool:
    """Whether `text` may be the id of an answer or a conversation; some databases would choke on others."""
    return bool(_ID.fullmatch(text))


def new_secret() -> str:
    """A secret for a conversation that begins."""
    return secrets.token_urlsafe(32)


def conversation_of(secret: str) -> str:
    """The id of the conversation that belongs to `secret`. Raises UnknownConversation for what is none."""
    if not _SECRET.fullmatch(secret):
        raise unknown_conversation()
    return f"cnv_{hashlib.sha256(b'policy-qa conversation ' + secret.encode()).hexdigest()[:32]}"


def opens(secret: str, conversation_id: str) -> bool:
    """Whether `secret` is the conversation's; compared in constant time."""
    if not _SECRET.fullmatch(secret):
        return False
    return hmac.compare_digest(conversation_of(secret).encode(), encodable(conversation_id).encode())


class SqlConversations:
    """Conversations in the database. Safe to share between threads. Every call raises StorageFault where the
    database cannot be read or written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def history(self, conversation_id: str) -> tuple[Exchange, ...]:
        """The last `HISTORY_LIMIT` exchanges, oldest first. Raises UnknownConversation."""
        rows = self._latest(conversation_id, HISTORY_LIMIT, exchanges.c.exchange)
        return tuple(EXCHANGE.validate_json(row.exchange) for row in rows)

    def transcript(self, conversation_id: str, limit: int = TRANSCRIPT_LIMIT) -> tuple[Answered, ...]:
        """The last `TRANSCRIPT_LIMIT` questions with their answers, oldest first. Raises
        UnknownConversation."""
        columns = (exchanges.c.exchange, exchanges.c.answer, exchanges.c.created_at)
        return tuple(map(_answered, self._latest(conversation_id, limit, *columns)))

    def _latest(self, conversation_id: str, limit: int, *columns: Column[Any]) -> list[Row[Any]]:
        """`columns` of a conversation's last `limit` rows, oldest first. Raises UnknownConversation."""
        _check(conversation_id)
        query = (
            select(*columns)
            .where(exchanges.c.conversation_id == conversation_id)
            .order_by(exchanges.c.id.desc())
            .limit(limit)
        )
        with self._database.connect() as connection:
            rows = connection.execute(query).all()
        if not rows:
            raise unknown_conversation()
        return list(reversed(rows))

    def append(
        self, answer: Answer, exchange: Exchange, key_id: str | None = None, begins: bool = True
    ) -> None:
        """Keep `answer` and its exchange in `answer.conversation_id`, which begins here if it is new, then as
        that of the key `key_id`. An answer that is kept under its id already stays as it is. Not `begins`: it
        was there before; where somebody has erased it meanwhile, it stays erased, and nothing is kept."""
        now = datetime.now(UTC)
        kept, given = mask_exchange(asdict(exchange)), mask_answer(asdict(answer))
        row = {
            "conversation_id": answer.conversation_id,
            "answer_id": answer.id,
            "created_at": now,
            "exchange": _to_json(kept),
            "answer": _to_json(given),
        }
        known = conversations.c.id == answer.conversation_id
        with self._database.begin() as connection:
            if begins:
                begun = {"id": answer.conversation_id, "key_id": key_id, "title": title_of(kept["question"])}
                new = self._database.insert(conversations).values(**begun, created_at=now, updated_at=now)
                key = [conversations.c.id]
                connection.execute(new.on_conflict_do_update(index_elements=key, set_={"updated_at": now}))
            elif not connection.execute(update(conversations).where(known).values(updated_at=now)).rowcount:
                return
            added = self._database.insert(exchanges).values(row)
            once = added.on_conflict_do_nothing(index_elements=[exchanges.c.answer_id])
            number = connection.execute(once.returning(exchanges.c.id)).scalar_one_or_none()
            if number is None:
                return
            connection.execute(insert(overview).values(overview_row(number, now, kept, given)))
            if rows := cited_rows(number, given):
                connection.execute(insert(cited), rows)

    def conversation(self, conversation_id: str) -> Conversation:
        """A conversation without its exchanges. Raises UnknownConversation."""
        _check(conversation_id)
        query = select(conversations).where(conversations.c.id == conversation_id)
        with self._database.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise unknown_conversation()
        return _conversation(row)

    def owned(self, conversation_id: str, secrets: Iterable[str], key_id: str | None) -> Conversation:
        """A conversation that one of `secrets` opens, or that `key_id` began. Raises UnknownConversation for
        any other, as for one that is not there."""
        found = self.conversation(conversation_id)
        by_key = key_id is not None and found.key_id == key_id
        if not (by_key or any(opens(secret, conversation_id) for secret in secrets)):
            raise unknown_conversation()
        return found

    def listed(self, secrets: Iterable[str], key_id: str | None) -> tuple[Conversation, ...]:
        """The latest `LIST_LIMIT` conversations that `secrets` open or that `key_id` began, latest first."""
        own = {conversation_of(secret) for secret in secrets if _SECRET.fullmatch(secret)}
        if not own and key_id is None:
            return ()
        of_key = false() if key_id is None else conversations.c.key_id == key_id
        which = or_(conversations.c.id.in_(sorted(own)), of_key)
        query = select(conversations).where(which).order_by(conversations.c.updated_at.desc())
        with self._database.connect() as connection:
            return tuple(map(_conversation, connection.execute(query.limit(LIST_LIMIT)).all()))

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title, cut to one line of `masking.TITLE` code points, masked. Raises
        UnknownConversation."""
        _check(conversation_id)
        named = update(conversations).where(conversations.c.id == conversation_id)
        with self._database.begin() as connection:
            if not connection.execute(named.values(title=title_of(mask(storable(title))))).rowcount:
                raise unknown_conversation()

    def answer(self, answer_id: str) -> Answer | None:
        """The answer with this id as it was given, or None."""
        found = self.answered(answer_id)
        return None if found is None else found.answer

    def answered(self, answer_id: str) -> Answered | None:
        """The answer with this id and its question, or None."""
        if not is_id(answer_id):
            return None
        query = select(exchanges.c.exchange, exchanges.c.answer, exchanges.c.created_at)
        with self._database.connect() as connection:
            row = connection.execute(query.where(exchanges.c.answer_id == answer_id)).first()
        return None if row is None else _answered(row)

    def delete(self, conversation_id: str) -> None:
        """Erase a conversation and all that hangs on it for good. Raises UnknownConversation."""
        _check(conversation_id)
        with self._database.begin() as connection:
            if not erase(connection, [conversation_id]):
                raise unknown_conversation()
        self._database.empty_log()


def erase(connection: Connection, ids: Sequence[str]) -> int:
    """Erase these conversations, their answers and all that hangs on these; how many there were.

    The conversations go first: who appends to one at this moment has its row, which is waited for, or finds
    it gone."""
    erased = connection.execute(delete(conversations).where(conversations.c.id.in_(ids))).rowcount
    of_them = exchanges.c.conversation_id.in_(ids)
    answers = select(exchanges.c.answer_id).where(of_them)
    numbers = select(exchanges.c.id).where(of_them)
    for table in (ratings, shares, made_rows):
        connection.execute(delete(table).where(table.c.answer_id.in_(answers)))
    for table in (overview, cited):
        connection.execute(delete(table).where(table.c.exchange_id.in_(numbers)))
    connection.execute(delete(exchanges).where(of_them))
    return erased


def unknown_conversation() -> UnknownConversation:
    """What is said of a conversation that is not there, or is another's."""
    return UnknownConversation(
        "没有这段对话，它可能已被删除，或者不是您开始的；请带上它的密钥，或去掉 conversation_id 重新开始。"
    )


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(row.id, row.title, row.created_at, row.updated_at, row.key_id)


def _answered(row: Row[*tuple[Any, ...]]) -> Answered:
    question = EXCHANGE.validate_json(row.exchange).question
    return Answered(question, ANSWER.validate_json(row.answer), row.created_at)


def _check(conversation_id: str) -> None:
    """An id of another shape was never given. Raises UnknownConversation."""
    if not is_id(conversation_id):
        raise unknown_conversation()


def _to_json(value: dict[str, Any]) -> str:
    return encodable(json.dumps(value, ensure_ascii=False))
