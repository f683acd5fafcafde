"""Shards of sources: workers share polling out by them."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the column; whoever reads the configuration next writes which shard a source is in."""
    op.add_column("sources", sa.Column("shard", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("sources_due_of_shard", "sources", ["shard", "next_poll_at"])
