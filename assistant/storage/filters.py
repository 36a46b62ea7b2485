"""Which exchanges are looked through: conditions over `tables.overview`."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, exists

from assistant.schema import Status
from assistant.storage.masking import storable
from assistant.storage.ratings import Rating
from assistant.storage.tables import cited, overview
from index.text.beijing import BEIJING
from index.text.folding import fold_text

LOW = 0.5
"""Confidence is a calibrated chance: below a half, what was given is more likely wrong than right."""
SLOW_MS = 2000
"""Milliseconds from which on an answer came late: within two seconds 19 of 20 are to be shown."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which exchanges; those that meet all of it."""

    statuses: tuple[Status, ...] = ()
    """Any of these; empty: every one."""
    rating: Rating | None = None
    text: str = ""
    """Words, each in the question as asked or as searched; width, case and traditional characters aside."""
    since: date | None = None
    """From this day on, by the clocks of Beijing."""
    until: date | None = None
    """Up to the end of this day."""
    document: str | None = None
    """Id of a document that the answer quotes."""
    nearest: str | None = None
    """Id of the clause nearest to what is not answered."""
    unsure: bool = False
    """Confidence below `LOW`."""
    corrections: bool = False
    slow: bool = False
    """More than `SLOW_MS`."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for the database."""
        column = overview.c
        wanted: list[ColumnElement[bool]] = []
        if self.statuses:
            wanted.append(column.status.in_([status.value for status in self.statuses]))
        if self.rating is not None:
            wanted.append(column.rating == self.rating.value)
        if self.since is not None:
            wanted.append(column.asked_at >= day_start(self.since))
        if self.until is not None:
            wanted.append(column.asked_at < day_start(self.until + timedelta(days=1)))
        if self.document is not None:
            of_it = (cited.c.document_id == self.document) & (cited.c.exchange_id == column.exchange_id)
            wanted.append(exists().where(of_it))
        if self.nearest is not None:
            wanted.append(column.nearest == self.nearest)
        if self.unsure:
            wanted.append(column.confidence < LOW)
        if self.corrections:
            wanted.append(column.correction)
        if self.slow:
            wanted.append(column.total_ms > SLOW_MS)
        for word in storable(self.text).split():
            wanted.append(column.words.contains(fold_text(word), autoescape=True))
        return wanted


def day_start(day: date) -> int:
    """Seconds since 1970 at which `day` begins in Beijing."""
    return int(datetime.combine(day, time(), BEIJING).timestamp())


def moment(seconds: float) -> datetime:
    """The point in time so many seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
