"""Shared pages: one answer, without its conversation, under an address that nobody can guess, for a time."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from assistant.access.keys import digest_of
from assistant.storage.database import Database
from assistant.storage.tables import exchanges, shares

SHARE_DAYS = 30
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 random bits


@dataclass(frozen=True, slots=True)
class Share:
    """An address of one answer, just made: its token is kept nowhere else."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenShare:
    """What an address leads to, and until when."""

    answer_id: str
    expires_at: datetime


class Shares:
    """The shared pages. Safe to share between threads; calls raise StorageFault."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, answer_id: str) -> Share:
        """A new address for a stored answer, good for `SHARE_DAYS` days."""
        now = datetime.now(UTC)
        share = Share(secrets.token_urlsafe(16), now + timedelta(days=SHARE_DAYS))
        row = {
            "token_digest": digest_of(share.token),
            "answer_id": answer_id,
            "created_at": now,
            "expires_at": share.expires_at,
        }
        with self._database.begin() as connection:
            connection.execute(insert(shares).values(row))
        return share

    def withdraw(self, answer_id: str) -> int:
        """Let no address lead to an answer any more; how many did."""
        with self._database.begin() as connection:
            return connection.execute(delete(shares).where(shares.c.answer_id == answer_id)).rowcount

    def opened(self, token: str) -> OpenShare | None:
        """What an address leads to now, or None."""
        if not _TOKEN.fullmatch(token):
            return None
        query = (
            select(shares.c.answer_id, shares.c.expires_at)
            .join(exchanges, exchanges.c.answer_id == shares.c.answer_id)
            .where(shares.c.token_digest == digest_of(token), shares.c.expires_at > datetime.now(UTC))
        )
        with self._database.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else OpenShare(row.answer_id, row.expires_at)
