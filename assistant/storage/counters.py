"""Counters for limits, in the database, so that all workers and hosts count together.

What is counted is kept as a hash with a random key that is made when first something is counted. Without the
key nobody finds the address behind a hash by trying all addresses there are; backups hold neither.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, case, delete, or_, select

from assistant.storage.database import Database
from assistant.storage.tables import counters, counting_keys

_ONLY = 1


class Counters:
    """Each counter lives from its first count for its window, then begins anew."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._known: tuple[Engine, str] | None = None
        """The key, and the open database that it is of: another file in its place has another."""

    def count(self, name: str, seconds: int, amount: int = 1) -> tuple[int, float]:
        """Add `amount` (0 to look only) to the counter `name`; its count in the window of `seconds`, and
        when that ends, in seconds since 1970. Raises StorageFault.

        A window that would end later than any that begins now was begun by a clock that was ahead: it is
        over, or it would last for as long as that clock was wrong. Twice the window leaves room for hosts
        whose clocks differ."""
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
