"""The key of the hashes by which callers are counted; counters under hashes without a key are dropped."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and forget what is counted: no window is longer than a day."""
    op.create_table(
        "counting_keys",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(64), nullable=False),
    )
    op.execute("DELETE FROM counters")
