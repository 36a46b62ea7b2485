"""The database's tables as they are today; `migrations` brings older databases here.

| table | one row is |
| --- | --- |
| `exchanges` | one exchange of a conversation: the question, masked, and the answer as it was given |
| `overview` | one exchange in short, made of `exchanges` and `ratings`, so that many can be looked through |
| `cited` | a document that an exchange's answer quotes |
| `conversations` | one conversation: its title, and the key that began it, where one did |
| `ratings` | what somebody thought of an answer |
| `made_rows` | an evaluation row that a maintainer made of an exchange |
| `shares` | a page of one answer, until it expires |
| `keys` | an access key, without its secret |
| `trail` | one act of an administrator; rows are only added |
| `counters` | how often something happened within a window of time, for limits, by a keyed hash |
| `counting_keys` | one row: the random key of these hashes |
| `logins` | a maintainer's browser that is logged in, by the digest of its token |
| `pauses` | at most one row: nothing is answered now, and what is said instead |
| `deliveries` | a message of WeChat's, without its words and its sender, and what was replied |
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """A point in time. SQLite keeps no zone: there it is stored, and given back, as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """As the database takes it."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """With its zone."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)  # type: ignore[no-any-return]


exchanges = Table(
    "exchanges",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(64), nullable=False),
    Column("answer_id", String(64), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False, index=True),
    Column("exchange", Text, nullable=False),
    Column("answer", Text, nullable=False),
    UniqueConstraint("conversation_id", "id"),  # histories are read by it
    sqlite_autoincrement=True,  # a number is never given again, so order is order of asking
)
overview = Table(
    "overview",
    metadata,
    Column("exchange_id", Integer, primary_key=True, autoincrement=False),  # order is order of asking
    Column("answer_id", String(64), nullable=False, unique=True),
    Column("asked_at", BigInteger, nullable=False, index=True),  # seconds since 1970
    Column("status", String(16), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("correction", Boolean, nullable=False),
    Column("question", Text, nullable=False),  # masked, as `standalone` is
    Column("standalone", Text, nullable=False),
    Column("words", Text, nullable=False),  # both, folded, in which words are looked for
    Column("same_as", Text, nullable=False),  # alike in questions that differ in how they are written only
    Column("nearest", Text, nullable=True),  # id of the clause nearest to what is not answered
    Column("rating", String(8), nullable=True),
    Column("total_ms", Float, nullable=False),
    Column("timings", Text, nullable=False),  # milliseconds by step, as JSON
    Index("ix_overview_status", "status", "exchange_id"),
    Index("ix_overview_rating", "rating", "exchange_id"),
)
cited = Table(
    "cited",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("exchange_id", Integer, primary_key=True, autoincrement=False),
    Index("ix_cited_exchange_id", "exchange_id"),
)
conversations = Table(
    "conversations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("key_id", String(16), nullable=True, index=True),
    Column("title", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)
ratings = Table(
    "ratings",
    metadata,
    Column("answer_id", String(64), primary_key=True),
    Column("created_at", Moment, nullable=False, index=True),
    Column("rating", String(8), nullable=False),
    Column("comment", Text, nullable=False),
    Column("reasons", Text, nullable=False, server_default=""),
)
made_rows = Table(
    "made_rows",
    metadata,
    Column("answer_id", String(64), primary_key=True),
    Column("row_id", String(64), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("row", Text, nullable=False),  # JSON
)
shares = Table(
    "shares",
    metadata,
    Column("token_digest", String(64), primary_key=True),
    Column("answer_id", String(64), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
keys = Table(
    "keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("origins", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=True),
    Column("revoked_at", Moment, nullable=True),
    Column("last_used_at", Moment, nullable=True),
    Column("per_minute", Integer, nullable=True),
    Column("per_day", Integer, nullable=True),
)
trail = Table(
    "trail",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("key_id", String(16), nullable=True),
    Column("act", String(64), nullable=False),
    Column("what", Text, nullable=False),
    sqlite_autoincrement=True,
)
counters = Table(
    "counters",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("expires_at", Float, nullable=False),  # seconds since 1970, as the limits library counts
)
counting_keys = Table(
    "counting_keys",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("key", String(64), nullable=False),
)
logins = Table(
    "logins",
    metadata,
    Column("token_digest", String(64), primary_key=True),
    Column("key_id", String(16), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
pauses = Table(
    "pauses",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: there is one switch
    Column("at", Moment, nullable=False),
    Column("key_id", String(16), nullable=True),
    Column("message", Text, nullable=False),
)
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("delivery", String(64), nullable=False, unique=True),
    Column("follower", String(64), nullable=False),
    Column("conversation", String(64), nullable=False),  # the delivery with which it began
    Column("received_at", BigInteger, nullable=False, index=True),  # seconds since 1970
    Column("same_as", String(64), nullable=True),  # the delivery whose reply is this one's too
    Column("reply", Text, nullable=True),  # none yet: somebody is at work on it
    Column("owed", Boolean, nullable=False),  # the follower was asked to wait for it
    Index("ix_deliveries_follower", "follower", "id"),
    sqlite_autoincrement=True,
)
