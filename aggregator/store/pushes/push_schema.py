"""The tables of subscriptions, of pushes that wait to be read, and of what hubs are told."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from aggregator.store.columns import Opaque, UtcTime
from aggregator.store.schema import metadata

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("token", String, primary_key=True),
    Column("source_id", String, nullable=False),
    Column("hub_url", Text, nullable=False),
    Column("topic_url", Text, nullable=False),
    Column("callback_url", Text, nullable=False),
    Column("secret", String, nullable=False),
    Column("is_signed", Boolean, nullable=False),
    Column("is_wanted", Boolean, nullable=False),
    Column("asked", String),
    Column("asked_at", UtcTime),
    Column("next_at", UtcTime, nullable=False),
    Column("verified_at", UtcTime),
    Column("expires_at", UtcTime),
    Column("denied_at", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("error", Opaque),
    Column("pushed_at", UtcTime),
    Column("pushes", Integer, nullable=False),
    Column("ignored", Integer, nullable=False),
    Index("subscriptions_source", "source_id"),
    Index("subscriptions_next", "next_at"),
)

# What a hub sent, until it is read; ``tries`` counts how often that was begun.
pushes = Table(
    "pushes",
    metadata,
    Column("token", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("received_at", UtcTime, nullable=False),
    Column("content_type", Opaque),
    Column("body", LargeBinary),
    Column("size_bytes", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Index("pushes_received", "received_at"),
)

# What each hub is told of each of our feeds, from ``due_at`` on; None: it was told of the last change.
hub_pings = Table(
    "hub_pings",
    metadata,
    Column("feed", String, primary_key=True),
    Column("hub_url", String, primary_key=True),
    Column("changed_at", UtcTime, nullable=False),
    Column("due_at", UtcTime),
    Column("pinged_at", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("error", Opaque),
    Index("hub_pings_due", "due_at"),
)
