"""The table of who is not to be asked for a page for a while, which several workers share."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from aggregator.store.columns import UtcTime
from aggregator.store.schema import metadata

# ``digest`` is of ``kind`` and ``name``, an address or a service; ``shard`` is that of its service.
page_pauses = Table(
    "page_pauses",
    metadata,
    Column("digest", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("until_at", UtcTime, nullable=False),
    Index("page_pauses_shard", "shard"),
    Index("page_pauses_until", "until_at"),
)
