"""What people ask and the documents do not say, the most frequent first."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

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
        newest = func.max(overview.c.exchange_id)
        alike = (
            select(overview.c.nearest, func.count().label("times"), newest.label("newest"))
            .where(*filters.conditions(), overview.c.nearest.is_not(None))
            .group_by(overview.c.nearest, overview.c.same_as)
            .subquery()
        )
        near = alike.c.nearest
        ranked = select(
            alike.c.nearest,
            alike.c.newest,
            func.sum(alike.c.times).over(partition_by=near).label("times"),
            func.row_number().over(partition_by=near, order_by=alike.c.newest.desc()).label("rank"),
        ).subquery()
        query = (
            select(ranked.c.nearest, ranked.c.times, overview.c.standalone, overview.c.asked_at)
            .join(overview, overview.c.exchange_id == ranked.c.newest)
            .where(ranked.c.rank <= questions)
            .order_by(ranked.c.times.desc(), ranked.c.nearest, ranked.c.rank)
            .limit(limit * questions)
        )
        with self._database.connect() as connection:
            rows = connection.execute(query).all()
        found = []
        for clause_id, group in groupby(rows, key=lambda row: row.nearest):
            latest, *others = group
            words = (latest.standalone, *(row.standalone for row in others))
            found.append(NearLack(clause_id, int(latest.times), moment(latest.asked_at), words))
        return tuple(found[:limit])
