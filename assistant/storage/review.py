"""Exchanges looked through by those who look after the assistant: filtered, the newest first, page by page.

What is shown is what is stored, personal data masked. Pages are cut by the exchange's number and not by
counting, so that what comes meanwhile moves nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from assistant.schema import Exchange, Status
from assistant.storage.conversations import ANSWER, EXCHANGE, Answered, is_id
from assistant.storage.database import Database
from assistant.storage.filters import Filters, moment
from assistant.storage.opinions import OPINION, Opinion, opinion_of
from assistant.storage.ratings import Rating, questions_up_to
from assistant.storage.tables import cited, exchanges, overview, ratings

COUNTED = 1000
"""Matching exchanges are counted up to here."""
_BATCH = 200
"""Exchanges that are read at a time where all are given out."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An exchange in a list."""

    number: int
    answer_id: str
    asked_at: datetime
    status: Status
    confidence: float
    correction: bool
    question: str
    rating: Rating | None
    total_ms: float


@dataclass(frozen=True, slots=True)
class Page:
    """Exchanges of one page, the newest first, and from where its neighbours go on."""

    shown: tuple[Shown, ...]
    older: int | None
    """For `before`; None where there are none."""
    newer: int | None
    """For `after`."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A whole exchange: the conversation's questions up to it, oldest first, and what was thought of it."""

    number: int
    answered: Answered
    exchange: Exchange
    turns: tuple[str, ...]
    opinion: Opinion | None


_COLUMNS = (
    overview.c.exchange_id,
    overview.c.answer_id,
    overview.c.asked_at,
    overview.c.status,
    overview.c.confidence,
    overview.c.correction,
    overview.c.question,
    overview.c.rating,
    overview.c.total_ms,
)


class Review:
    """Reads exchanges. Safe to share between threads; calls raise StorageFault."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, filters: Filters, limit: int, before: int | None = None, after: int | None = None) -> Page:
        """The newest `limit` exchanges; `before`: of those asked before this number, `after`: the oldest of
        those asked after it."""
        query = select(*_COLUMNS).where(*filters.conditions())
        if after is not None:
            query = query.where(overview.c.exchange_id > after).order_by(overview.c.exchange_id)
        else:
            query = query.order_by(overview.c.exchange_id.desc())
            if before is not None:
                query = query.where(overview.c.exchange_id < before)
        with self._database.connect() as connection:
            rows = connection.execute(query.limit(limit + 1)).all()
        more, rows = len(rows) > limit, rows[:limit]
        if after is not None:
            rows = rows[::-1]
        shown = tuple(map(_shown, rows))
        if not shown:
            return Page((), None, None)
        has_older = more if after is None else True
        has_newer = before is not None if after is None else more
        return Page(shown, shown[-1].number if has_older else None, shown[0].number if has_newer else None)

    def count(self, filters: Filters) -> int:
        """How many exchanges there are, counted up to `COUNTED` and one more."""
        found = select(overview.c.exchange_id).where(*filters.conditions()).limit(COUNTED + 1).subquery()
        with self._database.connect() as connection:
            return connection.execute(select(func.count()).select_from(found)).scalar_one()

    def exchange(self, answer_id: str) -> Reviewed | None:
        """The whole exchange of an answer, or None."""
        if not is_id(answer_id):
            return None
        query = _whole().where(exchanges.c.answer_id == answer_id)
        with self._database.connect() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            return _reviewed(row, questions_up_to(connection, row.conversation_id, row.id))

    def each(self, filters: Filters) -> Iterator[Reviewed]:
        """Every whole exchange, the newest first, without the conversation's earlier questions; read bit by
        bit, so that neither memory nor a connection is held. What comes meanwhile is left out."""
        last: int | None = None
        while True:
            numbers = select(overview.c.exchange_id).where(*filters.conditions())
            if last is not None:
                numbers = numbers.where(overview.c.exchange_id < last)
            numbers = numbers.order_by(overview.c.exchange_id.desc()).limit(_BATCH)
            with self._database.connect() as connection:
                found = connection.execute(numbers).scalars().all()
                query = _whole().where(exchanges.c.id.in_(found)).order_by(exchanges.c.id.desc())
                rows = connection.execute(query).all()
            for row in rows:
                yield _reviewed(row, ())
            if len(found) < _BATCH:
                return
            last = found[-1]

    def documents(self) -> tuple[str, ...]:
        """Ids of the documents that any answer quotes."""
        query = select(cited.c.document_id).distinct().order_by(cited.c.document_id)
        with self._database.connect() as connection:
            return tuple(connection.execute(query).scalars())


def _whole() -> Select[Any]:
    columns = (exchanges.c.id, exchanges.c.conversation_id, exchanges.c.exchange, exchanges.c.answer)
    asked_at = exchanges.c.created_at.label("asked_at")
    return select(*columns, asked_at, *OPINION).join(
        ratings, ratings.c.answer_id == exchanges.c.answer_id, isouter=True
    )


def _reviewed(row: Row[*tuple[Any, ...]], turns: Sequence[str]) -> Reviewed:
    exchange = EXCHANGE.validate_json(row.exchange)
    answered = Answered(exchange.question, ANSWER.validate_json(row.answer), row.asked_at)
    opinion = None if row.rating is None else opinion_of(row)
    return Reviewed(row.id, answered, exchange, tuple(turns), opinion)


def _shown(row: Row[*tuple[Any, ...]]) -> Shown:
    return Shown(
        number=row.exchange_id,
        answer_id=row.answer_id,
        asked_at=moment(row.asked_at),
        status=Status(row.status),
        confidence=row.confidence,
        correction=row.correction,
        question=row.question,
        rating=Rating(row.rating) if row.rating else None,
        total_ms=row.total_ms,
    )
