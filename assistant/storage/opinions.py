"""What people thought of answers, for those who look after the assistant: the latest first, page by page."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select

from assistant.schema import Status
from assistant.storage.database import Database
from assistant.storage.filters import moment
from assistant.storage.ratings import Rating, Reason
from assistant.storage.tables import overview, ratings

OPINION = (ratings.c.rating, ratings.c.reasons, ratings.c.comment, ratings.c.created_at)
"""The columns of `opinion_of`."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody thought of an answer."""

    rating: Rating
    reasons: tuple[Reason, ...]
    comment: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Complaint:
    """A rated exchange in a list."""

    answer_id: str
    question: str
    status: Status
    opinion: Opinion


@dataclass(frozen=True, slots=True)
class OpinionPage:
    """Rated exchanges, the latest rating first."""

    shown: tuple[Complaint, ...]
    older: tuple[float, str] | None
    """For `before`: seconds since 1970 and the answer's id."""


class Opinions:
    """Reads ratings. Safe to share between threads; calls raise StorageFault."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(
        self, limit: int, rating: Rating | None = None, before: tuple[float, str] | None = None
    ) -> OpinionPage:
        """The latest ratings, all or those of one kind; `before`: of those given before that one."""
        query = (
            select(ratings.c.answer_id, *OPINION, overview.c.question, overview.c.status)
            .join(overview, overview.c.answer_id == ratings.c.answer_id)
            .order_by(ratings.c.created_at.desc(), ratings.c.answer_id.desc())
        )
        if rating is not None:
            query = query.where(ratings.c.rating == rating.value)
        if before is not None:
            given, answer_id = moment(before[0]), before[1]
            earlier = (ratings.c.created_at == given) & (ratings.c.answer_id < answer_id)
            query = query.where(or_(ratings.c.created_at < given, earlier))
        with self._database.connect() as connection:
            rows = connection.execute(query.limit(limit + 1)).all()
        shown = tuple(
            Complaint(row.answer_id, row.question, Status(row.status), opinion_of(row))
            for row in rows[:limit]
        )
        last = rows[limit - 1] if len(rows) > limit else None
        return OpinionPage(shown, (last.created_at.timestamp(), last.answer_id) if last else None)


def opinion_of(row: Row[*tuple[Any, ...]]) -> Opinion:
    """The opinion in a row with the columns `OPINION`."""
    return Opinion(Rating(row.rating), reasons_of(row.reasons), row.comment, row.created_at)


def reasons_of(stored: str) -> tuple[Reason, ...]:
    """Reasons as they are stored."""
    return tuple(map(Reason, json.loads(stored or "[]")))
