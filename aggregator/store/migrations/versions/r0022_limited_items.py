"""What entered the feeds of topics that are limited, and what was kept out of them."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import UtcTime

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make the table, which fills where a topic has such limits."""
    op.create_table(
        "limited_items",
        sa.Column("feed", sa.String(), primary_key=True),
        sa.Column("item_id", sa.String(), primary_key=True),
        sa.Column("provider", sa.String()),
        sa.Column("sorted_at", UtcTime(), nullable=False),
        sa.Column("published_at", UtcTime(), nullable=False),
        sa.Column("kept_out", sa.String()),
    )
    op.create_index("limited_items_item", "limited_items", ["item_id"])
    op.create_index("limited_items_order", "limited_items", ["feed", "kept_out", "sorted_at"])
    op.create_index("limited_items_provider", "limited_items", ["feed", "provider", "kept_out", "sorted_at"])
