"""What people ask and the documents do not say, the most frequent first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from assistant.storage.database import Database
from assistant.storage.filters import Filters, moment
from assistant.storage.tables import overview


@dataclass(frozen=True, slots=True)
class Lack:
    """What was asked and not answered, alike questions counted as one."""

    question: str
    """The latest of them."""
    count: int
    last: datetime
    answer_id: str
    """Of the latest."""


@dataclass(frozen=True, slots=True)
class NearLack:
    """What was asked near a clause and not answered."""

    clause_id: str
    count: int
    last: datetime
    questions: tuple[str, ...]
    """Some of them, the latest first, no two alike."""


class Lacks:
    """Groups exchanges. Safe to share between threads; calls raise StorageFault."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def most_asked(self, filters: Filters, limit: int) -> tuple[Lack, ...]:
        """What was asked most often, questions that differ in how they are written only counted as one."""
        times, newest = func.count().label("times"), func.max(overview.c.exchange_id).label("newest")
        groups = (
            select(times, newest)
            .where(*filters.conditions(), overview.c.same_as != "")
            .group_by(overview.c.same_as)
            .order_by(times.desc(), newest.desc())
            .limit(limit)
            .subquery()
        )
        query = (
            select(groups.c.times, overview.c.standalone, overview.c.asked_at, overview.c.answer_id)
            .join(overview, overview.c.exchange_id == groups.c.newest)
            .order_by(groups.c.times.desc(), groups.c.newest.desc())
        )
        with self._database.connect() as connection:
            rows = connection.execute(query).all()
        return tuple(Lack(row.standalone, row.times, moment(row.asked_at), row.answer_id) for row in rows)

    def by_clause(self, filters: Filters, limit: int, questions: int) -> tuple[NearLack, ...]:
        """Near which clauses most was asked that is not answered, each with some of the questions."""
        times = func.count().label("times")
        near = overview.c.nearest
        groups = (
            select(near, times, func.max(overview.c.asked_at).label("last"))
            .where(*filters.conditions(), near.is_not(None))
            .group_by(near)
            .order_by(times.desc(), near)
            .limit(limit)
        )
        found = []
        with self._database.connect() as connection:
            for row in connection.execute(groups).all():
                newest = func.max(overview.c.exchange_id)
                of_it = (
                    select(newest)
                    .where(*filters.conditions(), near == row.nearest)
                    .group_by(overview.c.same_as)
                    .order_by(newest.desc())
                    .limit(questions)
                )
                asked = (
                    select(overview.c.standalone)
                    .where(overview.c.exchange_id.in_(of_it))
                    .order_by(overview.c.exchange_id.desc())
                )
                words = tuple(connection.execute(asked).scalars())
                found.append(NearLack(row.nearest, row.times, moment(row.last), words))
        return tuple(found)
