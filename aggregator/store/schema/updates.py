"""The table of when feeds and items were last updated: what readers know of that is never taken back.

It is not made of the other tables: who leads a story, or how it is called, may be as before, and is a change.
"""

from sqlalchemy import Column, Index, String, Table, Text

from aggregator.store.columns import Endless, UtcTime
from aggregator.store.schema import metadata

# ``head`` names what heads the item: an article, and the decisions on how that is shown; "" what subscribers
# were told is gone. A story stood by ``placed_at`` last, with articles up to ``turn``. Of a feed itself there
# is a row without an item.
shown_updates = Table(
    "shown_updates",
    metadata,
    Column("feed", String, primary_key=True),
    Column("item_id", String, primary_key=True),
    Column("head", Text, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("placed_at", UtcTime),
    Column("turn", Endless),
    Index("shown_updates_item", "item_id"),
)
