"""Deliveries of WeChat's messages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("delivery", sa.String(64), nullable=False, unique=True),
        sa.Column("follower", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("same_as", sa.String(64), nullable=True),
        sa.Column("reply", sa.Text, nullable=True),
        sa.Column("owed", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_follower", "deliveries", ["follower", "id"])
    op.create_index("ix_deliveries_received_at", "deliveries", ["received_at"])
