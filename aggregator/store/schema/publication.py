"""The tables of publishing: what is to be published anew, what feeds hold, and what their files show.

All but the marks is made of the other tables and can be made again.
"""

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Table, Text

from aggregator.store.columns import Endless, Json, UtcTime
from aggregator.store.schema import metadata

# What changed and is to be taken up, from ``due_at`` on: see ``store/marks.py``.
marks = Table(
    "marks",
    metadata,
    Column("id", Endless, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", Text, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Index("marks_due", "kind", "due_at"),
    sqlite_autoincrement=True,
)

# What each feed can hold; ``feed`` is its folder below the tree's root. ``recent_at`` is what its age counts
# from, ``digest`` tells all that the item shows, None: to be found out.
feed_items = Table(
    "feed_items",
    metadata,
    Column("feed", String, primary_key=True),
    Column("item_id", String, primary_key=True),
    Column("sorted_at", UtcTime, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("recent_at", UtcTime, nullable=False),
    Column("is_recent", Boolean, nullable=False),
    Column("digest", String),
    Index("feed_items_item", "item_id"),
    Index("feed_items_recent", "is_recent", "recent_at"),
)
Index(
    "feed_items_order",
    feed_items.c.feed,
    feed_items.c.is_recent,
    feed_items.c.sorted_at.desc(),
    feed_items.c.published_at.desc(),
    feed_items.c.item_id,
    feed_items.c.digest,
)

# What the files of a topic show; ``stamps`` tell whether they are as they were written. ``problem`` is why
# they could not be written last, None: they could.
topic_files = Table(
    "topic_files",
    metadata,
    Column("topic_id", String, primary_key=True),
    Column("manifest", LargeBinary),
    Column("stamps", Json, nullable=False),
    Column("problem", Text),
)

# The publishers whose name and icon the page of a topic shows.
shown_publishers = Table(
    "shown_publishers",
    metadata,
    Column("topic_id", String, primary_key=True),
    Column("domain", String, primary_key=True),
    Index("shown_publishers_domain", "domain"),
)

# The one name that each publisher is shown under; without those that the operator lists.
publisher_names = Table(
    "publisher_names",
    metadata,
    Column("domain", String, primary_key=True),
    Column("name", Text, nullable=False),
)
