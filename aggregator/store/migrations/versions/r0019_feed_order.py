"""What a feed holds, read from an index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add to the index of the order of feeds what is read of their items."""
    op.drop_index("feed_items_order", "feed_items")
    newest = [sa.text("sorted_at DESC"), sa.text("published_at DESC")]
    op.create_index("feed_items_order", "feed_items", ["feed", "is_recent", *newest, "item_id", "digest"])
