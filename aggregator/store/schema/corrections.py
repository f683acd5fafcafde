"""The tables of corrections: rows are added and never change, but for when they reached files and hub."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from aggregator.store.columns import Opaque, UtcTime
from aggregator.store.schema import metadata

corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("title", Opaque, nullable=False),
    Column("reason", Opaque),
    Column("article_id", String),
    Column("story_id", String),
    Column("other_id", String),
    Column("had_page", Boolean, nullable=False),
    Column("published_at", UtcTime),
    Column("pinged_at", UtcTime),
    Column("from_story_id", String),
    Index("corrections_article", "article_id"),
    Index("corrections_story", "story_id"),
    sqlite_autoincrement=True,
)

# The topics whose feeds showed what was corrected.
topic_corrections = Table(
    "topic_corrections",
    metadata,
    Column("topic_id", String, primary_key=True),
    Column("correction_id", Integer, primary_key=True),
)
