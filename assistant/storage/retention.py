"""What is kept only for a time: conversations, shared pages, counters."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from assistant.storage.conversations import erase
from assistant.storage.database import Database
from assistant.storage.deliveries import KEPT_SECONDS
from assistant.storage.tables import conversations, counters, deliveries, logins, shares

_BATCH = 500
"""Conversations that are erased in one transaction, so that askers need not wait."""


def sweep(database: Database, now: datetime, days: int) -> int:
    """Erase what is over at `now`: conversations without a question for `days` days (0: none), shared pages
    and logins that have expired, counters whose window has ended. How many conversations. Raises
    StorageFault."""
    with database.begin() as connection:
        connection.execute(delete(shares).where(shares.c.expires_at <= now))
        connection.execute(delete(logins).where(logins.c.expires_at <= now))
        connection.execute(delete(counters).where(counters.c.expires_at <= now.timestamp()))
        day_ago = now.timestamp() - KEPT_SECONDS
        connection.execute(delete(deliveries).where(deliveries.c.received_at < day_ago))
    erased = 0
    over = conversations.c.updated_at <= now - timedelta(days=days)
    while days:
        with database.begin() as connection:
            ids = connection.execute(select(conversations.c.id).where(over).limit(_BATCH)).scalars().all()
            erased += erase(connection, ids)
        if len(ids) < _BATCH:
            break
    database.empty_log()  # of what was erased on request while somebody read, too
    return erased
