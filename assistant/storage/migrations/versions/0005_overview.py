"""Exchanges in short, the documents that they cite, and evaluation rows made of them."""

import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op

from assistant.storage.overview import cited_rows, overview_row

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ROWS = 500
"""Stored exchanges that are shortened at a time."""


def upgrade() -> None:
    """Make the tables, then shorten what is there."""
    overview = op.create_table(
        "overview",
        sa.Column("exchange_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("answer_id", sa.String(64), nullable=False, unique=True),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("correction", sa.Boolean, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("standalone", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("same_as", sa.Text, nullable=False),
        sa.Column("nearest", sa.Text, nullable=True),
        sa.Column("rating", sa.String(8), nullable=True),
        sa.Column("total_ms", sa.Float, nullable=False),
        sa.Column("timings", sa.Text, nullable=False),
    )
    cited = op.create_table(
        "cited",
        sa.Column("document_id", sa.Text, primary_key=True),
        sa.Column("exchange_id", sa.Integer, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "made_rows",
        sa.Column("answer_id", sa.String(64), primary_key=True),
        sa.Column("row_id", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row", sa.Text, nullable=False),
    )
    op.create_index("ix_ratings_created_at", "ratings", ["created_at"])
    _shorten_stored(overview, cited)
    op.create_index("ix_overview_asked_at", "overview", ["asked_at"])
    op.create_index("ix_overview_status", "overview", ["status", "exchange_id"])
    op.create_index("ix_overview_rating", "overview", ["rating", "exchange_id"])
    op.create_index("ix_cited_exchange_id", "cited", ["exchange_id"])


def _shorten_stored(overview: sa.Table, cited: sa.Table) -> None:
    connection = op.get_bind()
    exchanges = sa.table(
        "exchanges",
        sa.column("id", sa.Integer),
        sa.column("answer_id", sa.String),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("exchange", sa.Text),
        sa.column("answer", sa.Text),
    )
    ratings = sa.table("ratings", sa.column("answer_id", sa.String), sa.column("rating", sa.String))
    last = 0
    while True:
        query = (
            sa.select(exchanges, ratings.c.rating)
            .join(ratings, ratings.c.answer_id == exchanges.c.answer_id, isouter=True)
            .where(exchanges.c.id > last)
            .order_by(exchanges.c.id)
            .limit(_ROWS)
        )
        rows = connection.execute(query).all()
        if not rows:
            return
        last = rows[-1].id
        short, documents = [], []
        for row in rows:
            asked_at = row.created_at if row.created_at.tzinfo else row.created_at.replace(tzinfo=UTC)
            answer = json.loads(row.answer)
            short.append(overview_row(row.id, asked_at, json.loads(row.exchange), answer, row.rating))
            documents += cited_rows(row.id, answer)
        known = {column.name for column in overview.columns}
        held = [{name: value for name, value in one.items() if name in known} for one in short]
        connection.execute(sa.insert(overview), held)
        if documents:
            connection.execute(sa.insert(cited), documents)
