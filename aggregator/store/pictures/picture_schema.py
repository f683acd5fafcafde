"""The tables of pictures and logos."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from aggregator.store.columns import UtcTime
from aggregator.store.schema import LONG_KEY, metadata

# What is known of a picture's file; ``file`` is the local copy's name, None where there is none.
pictures = Table(
    "pictures",
    metadata,
    Column("url", Text, primary_key=True),
    Column("hash", String),
    Column("width", Integer),
    Column("height", Integer),
    Column("file", String),
    Column("size_bytes", Integer),
    Column("problem", Text),
    Column("checked_at", UtcTime, nullable=False),
    Column("used_at", UtcTime, nullable=False),
    Index("pictures_hash", "hash"),
    Index("pictures_used", "used_at"),
    Index("pictures_file", "file"),
    info={LONG_KEY: True},
)

# Which articles show a file: one that many show is its publisher's default and no article's own.
picture_uses = Table(
    "picture_uses",
    metadata,
    Column("hash", String, primary_key=True),
    Column("article_id", String, primary_key=True),
    Column("provider_domain", String, nullable=False),
    Index("picture_uses_article", "article_id"),
)

logos = Table(
    "logos",
    metadata,
    Column("domain", String, primary_key=True),
    Column("url", Text),
    Column("problem", Text),
    Column("checked_at", UtcTime, nullable=False),
)
