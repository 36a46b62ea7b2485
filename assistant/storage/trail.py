"""The trail: which key did what as an administrator, and when. Rows are added and never changed; the database
itself refuses anything else."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select

from assistant.storage.database import Database
from assistant.storage.tables import trail


@dataclass(frozen=True, slots=True)
class Act:
    """One act of an administrator."""

    at: datetime
    key_id: str | None
    """None: by the command line, or without a key on this machine."""
    act: str
    """Such as `document.add`, `key.revoke`."""
    what: str
    """Id of what it was done to."""
    id: int = 0
    """Rows are numbered as they are added."""


class Trail:
    """The acts. Safe to share between threads; calls raise StorageFault."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, key_id: str | None, act: str, what: str) -> None:
        """Add an act that was done just now."""
        row = {"at": datetime.now(UTC), "key_id": key_id, "act": act, "what": what}
        with self._database.begin() as connection:
            connection.execute(insert(trail).values(row))

    def acts(self, limit: int = 1000) -> tuple[Act, ...]:
        """The latest acts, latest first."""
        return self.page(limit)

    def page(self, limit: int, before: int | None = None) -> tuple[Act, ...]:
        """The latest acts, latest first; `before`: of those before the act of this id."""
        columns = (trail.c.at, trail.c.key_id, trail.c.act, trail.c.what, trail.c.id)
        query = select(*columns).order_by(trail.c.id.desc())
        if before is not None:
            query = query.where(trail.c.id < before)
        with self._database.connect() as connection:
            return tuple(Act(*row) for row in connection.execute(query.limit(limit)).all())
