"""The table of what entered the feeds of topics that are limited, and of what was kept out of them.

It is not made of the other tables: what was decided once stays so, whatever is published anew.
"""

from sqlalchemy import Column, Index, String, Table

from aggregator.store.columns import UtcTime
from aggregator.store.schema import metadata

# ``provider`` is None where an item is of several; ``kept_out`` is what keeps it out of the feed, None: it
# is in.
limited_items = Table(
    "limited_items",
    metadata,
    Column("feed", String, primary_key=True),
    Column("item_id", String, primary_key=True),
    Column("provider", String),
    Column("sorted_at", UtcTime, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("kept_out", String),
    Index("limited_items_item", "item_id"),
    Index("limited_items_order", "feed", "kept_out", "sorted_at"),
    Index("limited_items_provider", "feed", "provider", "kept_out", "sorted_at"),
)
