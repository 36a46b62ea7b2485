"""Access keys in the database."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from assistant.access.keys import Key, Scope
from assistant.errors import UnknownKey
from assistant.storage.database import Database
from assistant.storage.tables import keys

_USE_SECONDS = 60
"""The last use is written down at most once in so long."""


class StoredKeys:
    """The keys. Safe to share between threads. Every call raises StorageFault where the database cannot be
    read or written: who cannot be checked is not let in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: Key) -> None:
        """Keep a new key."""
        row = asdict(key)
        row["scopes"] = json.dumps(sorted(key.scopes))
        row["origins"] = json.dumps(list(key.origins))
        with self._database.begin() as connection:
            connection.execute(insert(keys).values(row))

    def get(self, key_id: str) -> Key | None:
        """The key with this id, usable or not."""
        with self._database.connect() as connection:
            row = connection.execute(select(keys).where(keys.c.id == key_id)).first()
        return None if row is None else _key(row)

    def all(self) -> tuple[Key, ...]:
        """Every key, the oldest first."""
        with self._database.connect() as connection:
            return tuple(map(_key, connection.execute(select(keys).order_by(keys.c.created_at)).all()))

    def for_origin(self, origin: str) -> tuple[Key, ...]:
        """The keys, usable or not, that pages of `origin` may use."""
        written = keys.c.origins.contains(
            json.dumps(origin), autoescape=True
        )  # not each key read for each page
        with self._database.connect() as connection:
            found = map(_key, connection.execute(select(keys).where(written)).all())
            return tuple(key for key in found if origin in key.origins)

    def revoke(self, key_id: str, moment: datetime) -> None:
        """Let a key end at `moment`, or earlier where it has ended already. Raises UnknownKey."""
        known = self.get(key_id)
        if known is None:
            raise UnknownKey("没有这把密钥，请用 policy-qa keys list 查看编号。")
        if known.revoked_at is not None and known.revoked_at <= moment:
            return
        with self._database.begin() as connection:
            connection.execute(update(keys).where(keys.c.id == key_id).values(revoked_at=moment))

    def used(self, key: Key) -> None:
        """Write down that a key was used just now, unless it was within the last minute."""
        now = datetime.now(UTC)
        if key.last_used_at is not None and now - key.last_used_at < timedelta(seconds=_USE_SECONDS):
            return
        with self._database.begin() as connection:
            connection.execute(update(keys).where(keys.c.id == key.id).values(last_used_at=now))


def _key(row: Row[Any]) -> Key:
    fields = dict(row._mapping)
    fields["scopes"] = frozenset(map(Scope, json.loads(fields["scopes"])))
    fields["origins"] = tuple(json.loads(fields["origins"]))
    return Key(**fields)
