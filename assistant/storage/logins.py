"""Logins of maintainers' browsers: for an hour, who shows the token acts with the key it was given for."""

import re
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from assistant.access.keys import digest_of
from assistant.storage.database import Database
from assistant.storage.tables import logins

LOGIN_SECONDS = 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 random bits


class Logins:
    """The logins. Safe to share between threads; calls raise StorageFault."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def begin(self, key_id: str) -> str:
        """A new login with a key, good for `LOGIN_SECONDS`: its token, of which only the digest is kept."""
        token, now = secrets.token_urlsafe(32), self.now()
        row = {
            "token_digest": digest_of(token),
            "key_id": key_id,
            "created_at": now,
            "expires_at": now + timedelta(seconds=LOGIN_SECONDS),
        }
        with self._database.begin() as connection:
            connection.execute(delete(logins).where(logins.c.expires_at <= now))
            connection.execute(insert(logins).values(row))
        return token

    def found(self, tokens: Iterable[str]) -> dict[str, str]:
        """Of `tokens` those of logins that have not ended, in their order, each with the id of the key that
        its login was made with. One look, however many they are: anybody may send thousands."""
        digests = {digest_of(token): token for token in tokens if _TOKEN.fullmatch(token)}
        query = select(logins.c.token_digest, logins.c.key_id).where(
            logins.c.token_digest.in_(digests), logins.c.expires_at > self.now()
        )
        if not digests:
            return {}
        with self._database.connect() as connection:
            keys = {row.token_digest: row.key_id for row in connection.execute(query)}
        return {token: keys[digest] for digest, token in digests.items() if digest in keys}

    def end(self, *tokens: str) -> None:
        """End logins; one that has ended stays so."""
        with self._database.begin() as connection:
            connection.execute(delete(logins).where(logins.c.token_digest.in_(map(digest_of, tokens))))

    def now(self) -> datetime:
        """The time by which logins end."""
        return datetime.fromtimestamp(self._clock(), UTC)
