"""The tables of what operators are told, and how far each channel was told."""

from sqlalchemy import Boolean, Column, Integer, String, Table

from aggregator.store.columns import Opaque, UtcTime
from aggregator.store.schema import metadata

# What was wrong at the last look; ``told_at`` None: it may pass, ``over_at`` since when it is well again.
alerts = Table(
    "alerts",
    metadata,
    Column("kind", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("since_at", UtcTime, nullable=False),
    Column("text", Opaque, nullable=False),
    Column("told_at", UtcTime),
    Column("over_at", UtcTime),
)

# What was told, numbered from 1.
alert_events = Table(
    "alert_events",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("since_at", UtcTime, nullable=False),
    Column("text", Opaque, nullable=False),
    Column("is_over", Boolean, nullable=False),
)

# Up to which number a channel was told, by its name, which has no address in it.
alert_channels = Table(
    "alert_channels",
    metadata,
    Column("channel", String, primary_key=True),
    Column("told", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("again_at", UtcTime),
    Column("problem", Opaque),
)
