"""The table of articles that disappeared at their source."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from aggregator.store.columns import UtcTime
from aggregator.store.schema import metadata

# ``marks``, ``newer`` and ``older`` are hexadecimal, with spaces between; ``proposed_at`` is None where a
# second document, or answer of its page, has to bear out first that it is gone.
disappeared_articles = Table(
    "disappeared_articles",
    metadata,
    Column("article_id", String, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("source_id", String, ForeignKey("sources.source_id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String, nullable=False),
    Column("marks", Text, nullable=False),
    Column("newer", Text, nullable=False),
    Column("older", Text, nullable=False),
    Column("missing_since_at", UtcTime, nullable=False),
    Column("proposed_at", UtcTime),
    Column("page", String),
    Column("checks", Integer, nullable=False),
    Column("check_at", UtcTime),
    Column("rejected_at", UtcTime),
    Index("disappeared_articles_source", "source_id"),
)
