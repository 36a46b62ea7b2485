"""Deliveries of WeChat's messages: what makes several workers answer each once.

One row of `wechat_deliveries` is one message of a follower. It stands for a day, and holds neither the
follower nor the message: `delivery` and `follower` are keyed hashes.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Engine,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from assistant.storage.database import _metadata

KEPT_SECONDS = 24 * 3600
"""How long a delivery is kept. WeChat repeats one within seconds; a person may ask for an answer that was not
ready the same day."""
IDLE_SECONDS = 30 * 60
"""After so long without a message the next one begins a conversation."""
RATE_SECONDS = 60
"""The window in which `Taken.recent` counts."""

wechat_deliveries = Table(
    "wechat_deliveries",
    _metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("delivery", String(64), nullable=False, unique=True),
    Column("follower", String(64), nullable=False),
    Column("conversation", String(64), nullable=False),  # the delivery with which it began
    Column("received_at", BigInteger, nullable=False),  # seconds since 1970
    Column("same_as", String(64)),  # the delivery whose reply is this one's too
    Column("reply", Text),  # none yet: somebody is at work on it
    Column("owed", Boolean, nullable=False),  # the follower was asked to wait for it
    Index("ix_wechat_deliveries_follower", "follower", "id"),
    Index("ix_wechat_deliveries_received_at", "received_at"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it is known."""

    id: str
    conversation: str
    received_at: int
    reply: str | None
    """What was, or is to be, said to it; None while somebody is at work on it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that has come, perhaps not for the first time."""

    delivery: Delivery
    first: bool
    """Whether it is the caller's to answer: nobody else will be told so."""
    recent: int
    """The follower's messages of the last `RATE_SECONDS`, this one among them."""


class Deliveries(Protocol):
    """Where deliveries are kept. Safe to share between threads and processes.

    `delivery` and `follower` are hashes of at most 64 characters, `now` is in seconds since 1970.
    """

    def take(self, delivery: str, follower: str, now: int, anew: bool = False) -> Taken:
        """Note a message. It belongs to the conversation of the follower's last one, unless that lies
        `IDLE_SECONDS` back or it is to begin `anew`. What is older than `KEPT_SECONDS` is erased."""
        ...

    def finish(self, delivery: str, reply: str) -> None:
        """Keep what is said to a message."""
        ...

    def reply(self, delivery: str) -> str | None:
        """What is said to a message, or to the one that it stands for; None while there is nothing."""
        ...

    def owe(self, delivery: str) -> None:
        """Note that the follower was asked to wait for the reply."""
        ...

    def owed(self, delivery: str, follower: str) -> Delivery | None:
        """The follower's last question before `delivery`, if its reply was owed; else None."""
        ...

    def stands_for(self, delivery: str, other: str) -> None:
        """Let the reply to `other` be the reply to `delivery` too."""
        ...


class SqlDeliveries:
    """Deliveries in any database that SQLAlchemy reaches."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, delivery: str, follower: str, now: int, anew: bool = False) -> Taken:
        """See `Deliveries.take`."""
        try:
            return self._insert(delivery, follower, now, anew)
        except IntegrityError:  # it came before, perhaps to another worker
            with self._engine.connect() as connection:
                row = connection.execute(select(_table).where(_table.c.delivery == delivery)).one()
            return Taken(_delivery(row), first=False, recent=0)

    def _insert(self, delivery: str, follower: str, now: int, anew: bool) -> Taken:
        with self._engine.begin() as connection:
            # Writing first: SQLite then gives the lock at once, and what is read below stays true.
            connection.execute(delete(_table).where(_table.c.received_at < now - KEPT_SECONDS))
            last = connection.execute(_of(follower).limit(1)).first()
            goes_on = last is not None and not anew and now - last.received_at < IDLE_SECONDS
            row = {
                "delivery": delivery,
                "follower": follower,
                "conversation": last.conversation if last is not None and goes_on else delivery,
                "received_at": now,
                "owed": False,
            }
            connection.execute(insert(_table).values(row))
            window = (_table.c.follower == follower) & (_table.c.received_at > now - RATE_SECONDS)
            recent = connection.execute(select(func.count()).select_from(_table).where(window)).scalar_one()
        return Taken(Delivery(delivery, str(row["conversation"]), now, None), first=True, recent=recent)

    def finish(self, delivery: str, reply: str) -> None:
        """See `Deliveries.finish`."""
        self._set(delivery, reply=reply)

    def reply(self, delivery: str) -> str | None:
        """See `Deliveries.reply`."""
        with self._engine.connect() as connection:
            for _ in range(2):
                query = select(_table.c.same_as, _table.c.reply).where(_table.c.delivery == delivery)
                row = connection.execute(query).first()
                if row is None or row.reply is not None or row.same_as is None:
                    break
                delivery = row.same_as
        return None if row is None else row.reply

    def owe(self, delivery: str) -> None:
        """See `Deliveries.owe`."""
        self._set(delivery, owed=True)

    def owed(self, delivery: str, follower: str) -> Delivery | None:
        """See `Deliveries.owed`."""
        own = select(_table.c.id).where(_table.c.delivery == delivery).scalar_subquery()
        query = _of(follower).where(_table.c.id < own, _table.c.same_as.is_(None)).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return _delivery(row) if row is not None and row.owed else None

    def stands_for(self, delivery: str, other: str) -> None:
        """See `Deliveries.stands_for`."""
        self._set(delivery, same_as=other)

    def _set(self, delivery: str, **values: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(_table).where(_table.c.delivery == delivery).values(**values))


_table = wechat_deliveries


def _of(follower: str) -> Select[Any]:
    """The follower's deliveries, the last one first."""
    return select(_table).where(_table.c.follower == follower).order_by(_table.c.id.desc())


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(row.delivery, row.conversation, row.received_at, row.reply)
