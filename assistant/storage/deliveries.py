"""Deliveries of WeChat's messages: what makes several workers answer each once, and conversations of it.

A delivery stands for a day, and holds neither the follower nor the message: both names are keyed hashes.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from assistant.storage.database import Database
from assistant.storage.tables import deliveries as _table

KEPT_SECONDS = 24 * 3600
"""How long a delivery is kept. WeChat repeats one within seconds; a person may ask for an answer that was not
ready the same day."""
IDLE_SECONDS = 30 * 60
"""After so long without a message the next one begins a conversation."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it is known."""

    id: str
    conversation: str
    """Id of the delivery with which its conversation began."""
    received_at: int
    """Seconds since 1970."""
    reply: str | None
    """What was, or is to be, said to it; None while somebody is at work on it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that has come, perhaps not for the first time."""

    delivery: Delivery
    first: bool
    """Whether it is the caller's to answer: nobody else will be told so."""


class Deliveries:
    """The deliveries. Safe to share between threads and processes; calls raise StorageFault.

    Ids of deliveries and followers are hashes of at most 64 characters, `now` is in seconds since 1970.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, delivery: str, follower: str, now: int, anew: bool = False) -> Taken:
        """Note a message. It belongs to the conversation of the follower's last one, unless that lies
        `IDLE_SECONDS` back or it is to begin `anew`."""
        try:
            conversation = self._insert(delivery, follower, now, anew)
        except IntegrityError:  # it came before, perhaps to another worker
            with self._database.connect() as connection:
                row = connection.execute(select(_table).where(_table.c.delivery == delivery)).one()
            return Taken(_delivery(row), first=False)
        return Taken(Delivery(delivery, conversation, now, None), first=True)

    def _insert(self, delivery: str, follower: str, now: int, anew: bool) -> str:
        """A new row; its conversation. Raises IntegrityError where there is one."""
        row = {
            "delivery": delivery,
            "follower": follower,
            "conversation": delivery,
            "received_at": now,
            "owed": False,
        }
        with self._database.begin() as connection:
            own = connection.execute(insert(_table).values(row).returning(_table.c.id)).scalar_one()
            before = _of(follower).where(_table.c.id < own, _table.c.received_at > now - IDLE_SECONDS)
            last = None if anew else connection.execute(before.limit(1)).first()
            if last is None:
                return delivery
            goes_on = update(_table).where(_table.c.id == own).values(conversation=last.conversation)
            connection.execute(goes_on)
        return str(last.conversation)

    def finish(self, delivery: str, reply: str) -> None:
        """Keep what is said to a message."""
        self._set(delivery, reply=reply)

    def reply(self, delivery: str) -> str | None:
        """What is said to a message, or to the one that it stands for; None while there is nothing."""
        found: str | None = None
        with self._database.connect() as connection:
            at: str | None = delivery
            while at is not None and found is None:
                query = select(_table.c.same_as, _table.c.reply).where(_table.c.delivery == at)
                row = connection.execute(query).first()
                at, found = (None, None) if row is None else (row.same_as, row.reply)
        return found

    def owe(self, delivery: str) -> None:
        """Note that the follower was asked to wait for the reply."""
        self._set(delivery, owed=True)

    def owed(self, delivery: str, follower: str) -> Delivery | None:
        """The follower's last question before `delivery`, if its reply was owed; else None."""
        own = select(_table.c.id).where(_table.c.delivery == delivery).scalar_subquery()
        query = _of(follower).where(_table.c.id < own, _table.c.same_as.is_(None)).limit(1)
        with self._database.connect() as connection:
            row = connection.execute(query).first()
        return _delivery(row) if row is not None and row.owed else None

    def stands_for(self, delivery: str, other: str) -> None:
        """Let the reply to `other`, an earlier message, be the reply to `delivery` too."""
        self._set(delivery, same_as=other)

    def _set(self, delivery: str, **values: object) -> None:
        with self._database.begin() as connection:
            connection.execute(update(_table).where(_table.c.delivery == delivery).values(**values))


def _of(follower: str) -> Select[Any]:
    """The follower's deliveries, the last one first."""
    return select(_table).where(_table.c.follower == follower).order_by(_table.c.id.desc())


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(row.delivery, row.conversation, row.received_at, row.reply)
