"""The tables of records: names of their files, sealed texts, what files say, and what the pages of JSON hold.

All but names and sealed texts is made of the other tables and can be made again.
"""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from aggregator.store.columns import Endless, Real, UtcTime
from aggregator.store.schema import metadata

record_files = Table(
    "record_files",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

secured_texts = Table(
    "secured_texts",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("text", Text, nullable=False),
)

# What the record of an article says. ``heat`` falls from ``warmth``, None: it stays; it is another from
# ``cools_at`` on, None: never. ``item`` is the record on the pages that list it, None: none does.
record_states = Table(
    "record_states",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("published_at", UtcTime, nullable=False),
    Column("heat", Integer, nullable=False),
    Column("warmth", Real),
    Column("cools_at", UtcTime),
    Column("item", LargeBinary),
    Index("record_states_cooling", "cools_at"),
)

# Which topics' pages list a record, "all" among them.
listed_records = Table(
    "listed_records",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("topic_id", String, primary_key=True),
    Column("published_at", UtcTime, nullable=False),
)
Index(
    "listed_records_order",
    listed_records.c.topic_id,
    listed_records.c.published_at.desc(),
    listed_records.c.article_id,
)

# Places in the pages of a topic at which a record changed, or came or went, which moves all that follow.
record_page_marks = Table(
    "record_page_marks",
    metadata,
    Column("id", Endless, primary_key=True),
    Column("topic_id", String, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("article_id", Text, nullable=False),
    Column("moves", Boolean, nullable=False),
    Index("record_page_marks_topic", "topic_id", "id"),
    sqlite_autoincrement=True,
)
