"""Counters for limits, in the database, so that all workers and hosts count together: a storage of the
`limits` library."""

import time
from collections.abc import Callable

from limits.storage import Storage
from sqlalchemy import case, delete, select

from assistant.errors import StorageFault
from assistant.storage.database import Database
from assistant.storage.tables import counters


class Counters(Storage):
    """Each counter lives from its first count for its window, then begins anew."""

    STORAGE_SCHEME = ["policy-qa-database"]  # noqa: RUF012 - as the library declares it

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._database = database
        self._clock = clock

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What it raises where it cannot count."""
        return StorageFault

    def count(self, name: str, seconds: int, amount: int = 1) -> tuple[int, float]:
        """Add `amount` to the counter `name`; its count in the window of `seconds`, and when that ends, in
        seconds since 1970. Raises StorageFault."""
        now = self._clock()
        over = counters.c.expires_at <= now
        row = {"name": name, "count": amount, "expires_at": now + seconds}
        added = self._database.insert(counters).values(row)
        counted = added.on_conflict_do_update(
            index_elements=[counters.c.name],
            set_={
                "count": case((over, amount), else_=counters.c.count + amount),
                "expires_at": case((over, now + seconds), else_=counters.c.expires_at),
            },
        ).returning(counters.c.count, counters.c.expires_at)
        with self._database.begin() as connection:
            reached, ends = connection.execute(counted).one()
        return int(reached), float(ends)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount`; the count in the window of `expiry` seconds."""
        return self.count(key, expiry, amount)[0]

    def get(self, key: str) -> int:
        """The count in the window that runs."""
        query = select(counters.c.count).where(counters.c.name == key, counters.c.expires_at > self._clock())
        with self._database.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970."""
        query = select(counters.c.expires_at).where(counters.c.name == key)
        with self._database.connect() as connection:
            return float(connection.execute(query).scalar() or self._clock())

    def check(self) -> bool:
        """Whether it can count now."""
        try:
            self.incr("check", 1)
        except StorageFault:
            return False
        return True

    def reset(self) -> int | None:
        """Forget all counters; how many there were."""
        with self._database.begin() as connection:
            return connection.execute(delete(counters)).rowcount

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self._database.begin() as connection:
            connection.execute(delete(counters).where(counters.c.name == key))
