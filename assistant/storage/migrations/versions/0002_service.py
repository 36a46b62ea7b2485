"""Keys, owners, shares, counters, the trail; personal data masked in what was stored before."""

import json

import sqlalchemy as sa
from alembic import op

from assistant.storage.masking import mask_answer, mask_exchange, title_of
from index.text.personal_data import mask

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ROWS = 500
"""Stored exchanges that are masked at a time."""


def upgrade() -> None:
    """Make the new tables, then mask and name what is there."""
    op.create_index("ix_exchanges_created_at", "exchanges", ["created_at"])
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("key_id", sa.String(16), nullable=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_conversations_key_id", "conversations", ["key_id"])
    op.add_column("ratings", sa.Column("reasons", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "shares",
        sa.Column("token_digest", sa.String(64), primary_key=True),
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_shares_answer_id", "shares", ["answer_id"])
    op.create_table(
        "keys",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("origins", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("per_minute", sa.Integer, nullable=True),
        sa.Column("per_day", sa.Integer, nullable=True),
    )
    op.create_table(
        "trail",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=True),
        sa.Column("act", sa.String(64), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    _only_added()
    op.create_table(
        "counters",
        sa.Column("name", sa.String(160), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
    )
    _mask_stored()


def _only_added() -> None:
    """Let the database itself refuse to change or remove rows of the trail."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER trail_no_{act.lower()} BEFORE {act} ON trail "
                "BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION trail_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the trail is only added to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER trail_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON trail "
        "FOR EACH STATEMENT EXECUTE FUNCTION trail_is_only_added_to()"
    )


def _mask_stored() -> None:
    connection = op.get_bind()
    moment = sa.DateTime(timezone=True)
    exchanges = sa.table(
        "exchanges",
        sa.column("id", sa.Integer),
        sa.column("conversation_id", sa.String),
        sa.column("created_at", moment),
        sa.column("exchange", sa.Text),
        sa.column("answer", sa.Text),
    )
    conversations = sa.table(
        "conversations",
        sa.column("id", sa.String),
        sa.column("title", sa.Text),
        sa.column("created_at", moment),
        sa.column("updated_at", moment),
    )
    last, begun = 0, set[str]()
    while True:
        query = sa.select(exchanges).where(exchanges.c.id > last).order_by(exchanges.c.id).limit(_ROWS)
        rows = connection.execute(query).all()
        if not rows:
            break
        last = rows[-1].id
        for row in rows:
            exchange = mask_exchange(json.loads(row.exchange))
            answer = mask_answer(json.loads(row.answer))
            connection.execute(
                sa.update(exchanges)
                .where(exchanges.c.id == row.id)
                .values(
                    exchange=json.dumps(exchange, ensure_ascii=False),
                    answer=json.dumps(answer, ensure_ascii=False),
                )
            )
            known = conversations.c.id == row.conversation_id
            if row.conversation_id in begun:
                connection.execute(sa.update(conversations).where(known).values(updated_at=row.created_at))
                continue
            begun.add(row.conversation_id)
            connection.execute(
                sa.insert(conversations).values(
                    id=row.conversation_id,
                    title=title_of(exchange["question"]),
                    created_at=row.created_at,
                    updated_at=row.created_at,
                )
            )
    ratings = sa.table("ratings", sa.column("answer_id", sa.String), sa.column("comment", sa.Text))
    for answer_id, comment in connection.execute(sa.select(ratings)).all():
        masked = mask(comment)
        if masked != comment:
            connection.execute(
                sa.update(ratings).where(ratings.c.answer_id == answer_id).values(comment=masked)
            )
