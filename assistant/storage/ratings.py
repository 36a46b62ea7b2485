"""What people thought of answers, kept with them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Connection, select, update

from assistant.errors import UnknownAnswer
from assistant.schema import Answer
from assistant.storage.conversations import ANSWER, EXCHANGE, is_id
from assistant.storage.database import Database
from assistant.storage.masking import storable
from assistant.storage.tables import exchanges, overview, ratings
from index.text.personal_data import mask


class Rating(StrEnum):
    """What somebody thought of an answer."""

    UP = "up"
    DOWN = "down"


class Reason(StrEnum):
    """What was wrong with it, or right."""

    WRONG_CLAUSE = "wrong_clause"
    NOT_ANSWERED = "not_answered"
    UNCLEAR = "unclear"
    WRONG = "wrong"
    OTHER = "other"


REASONS: Mapping[Reason, str] = {
    Reason.WRONG_CLAUSE: "找错了条款",
    Reason.NOT_ANSWERED: "没答到点上",
    Reason.UNCLEAR: "看不明白",
    Reason.WRONG: "内容不对",
    Reason.OTHER: "其他",
}
"""What people choose from, in the same words wherever a reason is given or shown."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A rated answer, and the conversation's questions up to it, oldest first."""

    answer: Answer
    turns: tuple[str, ...]
    rating: Rating
    comment: str
    created_at: datetime
    reasons: tuple[Reason, ...] = ()


class Ratings:
    """Ratings in the database. Safe to share between threads. Every call raises StorageFault where the
    database cannot be read or written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rate(self, answer_id: str, rating: Rating, comment: str = "", reasons: Sequence[Reason] = ()) -> None:
        """Keep what somebody thought of an answer; a later rating takes the place of an earlier one. Raises
        UnknownAnswer."""
        row = {
            "answer_id": answer_id,
            "created_at": datetime.now(UTC),
            "rating": rating.value,
            "comment": mask(storable(comment)),
            "reasons": json.dumps([reason.value for reason in reasons]) if reasons else "",
        }
        with self._database.begin() as connection:
            known = select(exchanges.c.id).where(exchanges.c.answer_id == answer_id)
            if not is_id(answer_id) or connection.execute(known).first() is None:
                raise UnknownAnswer("没有这个回答，它可能已随对话删除；请检查 answer_id。")
            rated = self._database.insert(ratings).values(row)
            connection.execute(rated.on_conflict_do_update(index_elements=[ratings.c.answer_id], set_=row))
            seen = update(overview).where(overview.c.answer_id == answer_id)
            connection.execute(seen.values(rating=rating.value))

    def of(self, answer_ids: Sequence[str]) -> dict[str, Rating]:
        """The ratings of those of the answers that are rated, by id."""
        query = select(ratings.c.answer_id, ratings.c.rating).where(ratings.c.answer_id.in_(answer_ids))
        with self._database.connect() as connection:
            return {row.answer_id: Rating(row.rating) for row in connection.execute(query)}

    def rated(self) -> Iterator[Rated]:
        """Every rated answer, in the order of rating."""
        query = (
            select(ratings, exchanges.c.answer, exchanges.c.conversation_id, exchanges.c.id)
            .join(exchanges, exchanges.c.answer_id == ratings.c.answer_id)
            .order_by(ratings.c.created_at, ratings.c.answer_id)
        )
        with self._database.connect() as connection:
            for row in connection.execute(query).all():
                yield Rated(
                    ANSWER.validate_json(row.answer),
                    questions_up_to(connection, row.conversation_id, row.id),
                    Rating(row.rating),
                    row.comment,
                    row.created_at,
                    tuple(map(Reason, json.loads(row.reasons or "[]"))),
                )


def questions_up_to(connection: Connection, conversation_id: str, last: int) -> tuple[str, ...]:
    """A conversation's questions up to the exchange of the number `last`, oldest first."""
    query = (
        select(exchanges.c.exchange)
        .where(exchanges.c.conversation_id == conversation_id, exchanges.c.id <= last)
        .order_by(exchanges.c.id)
    )
    return tuple(EXCHANGE.validate_json(row).question for row in connection.execute(query).scalars())
