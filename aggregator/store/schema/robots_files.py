"""The table of what sites' robots.txt said, which several workers share."""

from sqlalchemy import Column, Index, String, Table, Text

from aggregator.store.columns import UtcTime
from aggregator.store.schema import metadata

# ``digest`` is of the ``origin``; ``text`` None: it could not be had.
robots_files = Table(
    "robots_files",
    metadata,
    Column("digest", String, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("text", Text),
    Column("read_at", UtcTime, nullable=False),
    Index("robots_files_read", "read_at"),
)
