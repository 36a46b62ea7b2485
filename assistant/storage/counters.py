"""Counters for limits, in the database, so that all workers and hosts count together: a storage of the
`limits` library.

What is counted is kept as a hash with a random key that is made when first something is counted. Without the
key nobody finds the address behind a hash by trying all addresses there are; backups hold neither.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from limits.storage import Storage
from sqlalchemy import Connection, Engine, case, delete, or_, select

from assistant.errors import StorageFault
from assistant.storage.database import Database
from assistant.storage.tables import counters, counting_keys

_ONLY = 1


class Counters(Storage):
    """Each counter lives from its first count for its window, then begins anew."""

    STORAGE_SCHEME = ["policy-qa-database"]  # noqa: RUF012 - as the library declares it

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._database = database
        self._clock = clock
        self._known: tuple[Engine, str] | None = None
        """The key, and the open database that it is of: another file in its place has another."""

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What it raises where it cannot count."""
        return StorageFault

    def count(self, name: str, seconds: int, amount: int = 1) -> tuple[int, float]:
        """Add `amount` to the counter `name`; its count in the window of `seconds`, and when that ends, in
        seconds since 1970. A window that would end later than any that begins now was begun by a clock that
        was ahead: it is over, or it would last for as long as that clock was wrong. Twice the window leaves
        room for hosts whose clocks differ. Raises StorageFault."""
        now = self._clock()
        ends = counters.c.expires_at
        over = or_(ends <= now, ends > now + 2 * seconds)
        with self._hashed(name) as (connection, hashed):
            row = {"name": hashed, "count": amount, "expires_at": now + seconds}
            added = self._database.insert(counters).values(row)
            counted = added.on_conflict_do_update(
                index_elements=[counters.c.name],
                set_={
                    "count": case((over, amount), else_=counters.c.count + amount),
                    "expires_at": case((over, now + seconds), else_=ends),
                },
            ).returning(counters.c.count, counters.c.expires_at)
            reached, until = connection.execute(counted).one()
        return int(reached), float(until)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount`; the count in the window of `expiry` seconds."""
        return self.count(key, expiry, amount)[0]

    def get(self, key: str) -> int:
        """The count in the window that runs."""
        with self._hashed(key) as (connection, hashed):
            now = self._clock()
            query = select(counters.c.count).where(counters.c.name == hashed, counters.c.expires_at > now)
            return int(connection.execute(query).scalar() or 0)

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970."""
        with self._hashed(key) as (connection, hashed):
            query = select(counters.c.expires_at).where(counters.c.name == hashed)
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
        with self._hashed(key) as (connection, hashed):
            connection.execute(delete(counters).where(counters.c.name == hashed))

    @contextmanager
    def _hashed(self, name: str) -> Iterator[tuple[Connection, str]]:
        """A transaction, and what the counter `name` is called in it."""
        with self._database.begin() as connection:
            known = self._known
            if known is None or known[0] is not connection.engine:
                known = (connection.engine, self._key(connection))
            yield connection, hmac.digest(known[1].encode(), name.encode(), hashlib.sha256).hex()
        self._known = known  # only now: a key whose transaction fails is none

    def _key(self, connection: Connection) -> str:
        """The key of all who share the database; whoever is first makes it."""
        query = select(counting_keys.c.key)
        if (found := connection.execute(query).scalar()) is not None:
            return str(found)
        made = self._database.insert(counting_keys).values(id=_ONLY, key=secrets.token_hex(32))
        connection.execute(made.on_conflict_do_nothing())
        return str(connection.execute(query).scalar_one())
