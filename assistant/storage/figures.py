"""Counts, shares and times of what was asked, by day and by step."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import CTE, BigInteger, Integer, case, column, func, or_, select, values

from assistant.schema import Status
from assistant.statuses import REFUSING
from assistant.storage.database import Database
from assistant.storage.filters import SLOW_MS, Filters, day_start, moment
from assistant.storage.opinions import reasons_of
from assistant.storage.ratings import Rating, Reason
from assistant.storage.tables import cited, overview, ratings
from index.text.beijing import in_beijing

STEPS_OF = 10_000
"""Times of steps are those of the latest so many answers of the days that are looked at."""


@dataclass(frozen=True, slots=True)
class Times:
    """Of so many answers, or runs of a step, the median and the 95th percentile (nearest rank), in
    milliseconds; None where there are none."""

    count: int
    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the questions of some days."""

    by_status: Mapping[Status, int]
    corrections: int = 0
    up: int = 0
    down: int = 0
    slow: int = 0
    """Answers that took more than `SLOW_MS`."""
    p95: float | None = None
    """The 95th percentile of their times, in milliseconds."""

    @property
    def asked(self) -> int:
        """All questions."""
        return sum(self.by_status.values())

    @property
    def answered(self) -> int:
        """Answered from the documents."""
        return self.by_status.get(Status.ANSWERED, 0)

    @property
    def refused(self) -> int:
        """Ended with a status that refuses to answer."""
        return sum(count for status, count in self.by_status.items() if status in REFUSING)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of Beijing."""

    day: date
    times: Times
    answered: int
    refused: int
    corrections: int


@dataclass(frozen=True, slots=True)
class Speed:
    """Times of a number of days: day by day, the newest first, days without a question left out; and of
    each step, over all of them."""

    days: tuple[Day, ...]
    all: Times
    steps: Mapping[str, Times]
    """Of the latest `STEPS_OF` answers, in the order in which the steps were met."""


@dataclass(frozen=True, slots=True)
class Votes:
    """How many found answers useful, and how many did not."""

    up: int = 0
    down: int = 0


@dataclass(frozen=True, slots=True)
class Opinionated:
    """Ratings of a number of days."""

    all: Votes
    reasons: Mapping[Reason, int]
    """Of those who did not find an answer useful."""
    days: Mapping[date, Votes]
    """The newest first, by the day of the rating; days without one left out."""
    documents: Mapping[str | None, Votes]
    """By the id of each document that the rated answer quotes; None: it quotes none."""


class Figures:
    """Reads figures. Safe to share between threads; calls raise StorageFault."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tally(self, since: date, until: date) -> Tally:
        """What came of the questions from the day `since` to the day `until`, both included."""
        within = Filters(since=since, until=until).conditions()
        short = overview.c
        query = select(
            short.status,
            func.count().label("asked"),
            func.sum(func.cast(short.correction, Integer)).label("corrections"),
            func.sum(case((short.rating == Rating.UP.value, 1), else_=0)).label("up"),
            func.sum(case((short.rating == Rating.DOWN.value, 1), else_=0)).label("down"),
            func.sum(case((short.total_ms > SLOW_MS, 1), else_=0)).label("slow"),
        ).where(*within)
        with self._database.connect() as connection:
            rows = connection.execute(query.group_by(short.status)).all()
            asked = sum(row.asked for row in rows)
            at = select(short.total_ms).where(*within).order_by(short.total_ms)
            at = at.offset(_rank(asked, 0.95)).limit(1)
            p95 = connection.execute(at).scalar() if asked else None
        return Tally(
            {Status(row.status): row.asked for row in rows},
            corrections=sum(row.corrections for row in rows),
            up=sum(row.up for row in rows),
            down=sum(row.down for row in rows),
            slow=sum(row.slow for row in rows),
            p95=p95,
        )

    def speed(self, since: date, until: date, steps_on: date | None = None) -> Speed:
        """Times from the day `since` to the day `until`, both included; `steps_on`: the steps of this day
        alone."""
        within = Filters(since=since, until=until).conditions()
        short, days = overview.c, _days(since, until)
        on_its_day = (short.asked_at >= days.c.start) & (short.asked_at < days.c.stop)
        day = days.c.number
        ranked = (
            select(
                days.c.number,
                short.total_ms,
                func.row_number().over(partition_by=day, order_by=short.total_ms).label("rank"),
                func.count().over(partition_by=day).label("size"),
            )
            .join(overview, on_its_day)
            .subquery()
        )
        p50, p95 = (ranked.c.size + 1) // 2, (ranked.c.size * 95 + 99) // 100
        percentiles = (
            select(
                ranked.c.number,
                func.min(ranked.c.total_ms).label("p50"),
                func.max(ranked.c.total_ms).label("p95"),
            )
            .where(or_(ranked.c.rank == p50, ranked.c.rank == p95))
            .group_by(ranked.c.number)
        )
        refusing = [status.value for status in REFUSING]
        counts = (
            select(
                days.c.number,
                func.count().label("asked"),
                func.sum(case((short.status == Status.ANSWERED.value, 1), else_=0)).label("answered"),
                func.sum(case((short.status.in_(refusing), 1), else_=0)).label("refused"),
                func.sum(func.cast(short.correction, Integer)).label("corrections"),
            )
            .join(overview, on_its_day)
            .group_by(days.c.number)
        )
        with self._database.connect() as connection:
            times = {row.number: row for row in connection.execute(percentiles)}
            found = [
                Day(
                    since + timedelta(days=row.number),
                    Times(row.asked, times[row.number].p50, times[row.number].p95),
                    row.answered,
                    row.refused,
                    row.corrections,
                )
                for row in connection.execute(counts.order_by(days.c.number.desc()))
            ]
            size = sum(day.times.count for day in found)
            ordered = select(short.total_ms).where(*within).order_by(short.total_ms).limit(1)
            at = [ordered.offset(_rank(size, share)) for share in (0.5, 0.95)]
            every = [connection.execute(each).scalar() for each in at]
        steps = self._steps(steps_on or since, steps_on or until)
        return Speed(tuple(found), Times(size, *every), steps)

    def _steps(self, since: date, until: date) -> dict[str, Times]:
        within = Filters(since=since, until=until).conditions()
        query = select(overview.c.timings).where(*within).order_by(overview.c.exchange_id.desc())
        taken: defaultdict[str, list[float]] = defaultdict(list)
        with self._database.connect() as connection:
            for timings in connection.execute(query.limit(STEPS_OF)).scalars():
                for step, milliseconds in json.loads(timings).items():
                    taken[step].append(milliseconds)
        return {step: times_of(times) for step, times in taken.items()}

    def opinions(self, since: date, until: date) -> Opinionated:
        """Ratings given from the day `since` to the day `until`, both included."""
        end = day_start(until + timedelta(days=1))
        within = (ratings.c.created_at >= moment(day_start(since)), ratings.c.created_at < moment(end))
        given = select(ratings.c.created_at, ratings.c.rating, ratings.c.reasons).where(*within)
        quoted = (
            select(cited.c.document_id, ratings.c.rating, func.count().label("times"))
            .select_from(ratings)
            .join(overview, overview.c.answer_id == ratings.c.answer_id)
            .join(cited, cited.c.exchange_id == overview.c.exchange_id, isouter=True)
            .where(*within)
            .group_by(cited.c.document_id, ratings.c.rating)
        )
        reasons: Counter[Reason] = Counter()
        days: defaultdict[date, Counter[str]] = defaultdict(Counter)
        documents: defaultdict[str | None, Counter[str]] = defaultdict(Counter)
        with self._database.connect() as connection:
            for row in connection.execute(given):
                days[in_beijing(row.created_at).date()][row.rating] += 1
                if row.rating == Rating.DOWN.value:
                    reasons.update(reasons_of(row.reasons))
            for row in connection.execute(quoted):
                documents[row.document_id][row.rating] += row.times
        return Opinionated(
            _votes(sum(days.values(), Counter())),
            dict(reasons.most_common()),
            {day: _votes(votes) for day, votes in sorted(days.items(), reverse=True)},
            {
                document: _votes(votes)
                for document, votes in sorted(documents.items(), key=lambda each: -each[1].total())
            },
        )


def times_of(milliseconds: Sequence[float]) -> Times:
    """The figures of some times."""
    ordered = sorted(milliseconds)
    if not ordered:
        return Times(0, None, None)
    size = len(ordered)
    return Times(size, ordered[_rank(size, 0.5)], ordered[_rank(size, 0.95)])


def _rank(size: int, share: float) -> int:
    """Where in an ordered list of `size` the percentile stands (nearest rank, from 0)."""
    return max(math.ceil(share * size) - 1, 0)


def _days(since: date, until: date) -> CTE:
    """A table of the days, numbered from 0, with the seconds since 1970 of their beginnings and ends."""
    starts = [day_start(since + timedelta(days=number)) for number in range((until - since).days + 2)]
    rows = [(number, start, stop) for number, (start, stop) in enumerate(pairwise(starts))]
    columns = (column("number", Integer), column("start", BigInteger), column("stop", BigInteger))
    return values(*columns, name="days").data(rows).cte("days")


def _votes(votes: Counter[str]) -> Votes:
    return Votes(votes[Rating.UP.value], votes[Rating.DOWN.value])
