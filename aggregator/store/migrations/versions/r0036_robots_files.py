"""What sites' robots.txt said, for the next worker that asks them."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import UtcTime

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "robots_files",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("read_at", UtcTime(), nullable=False),
    )
    op.create_index("robots_files_read", "robots_files", ["read_at"])
