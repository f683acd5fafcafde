"""Subscriptions at hubs, and pushes that wait to be read."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Opaque, UtcTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables, empty, and what a source announces, unknown until it is polled."""
    for column in (
        sa.Column("hub_url", sa.Text()),
        sa.Column("topic_url", sa.Text()),
        sa.Column("push_until_at", UtcTime()),
    ):
        op.add_column("sources", column)
    op.create_index("sources_hub", "sources", ["hub_url"])
    op.create_table(
        "subscriptions",
        sa.Column("token", sa.String(), primary_key=True),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("hub_url", sa.Text(), nullable=False),
        sa.Column("topic_url", sa.Text(), nullable=False),
        sa.Column("callback_url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.String()),
        sa.Column("asked_at", UtcTime()),
        sa.Column("next_at", UtcTime(), nullable=False),
        sa.Column("verified_at", UtcTime()),
        sa.Column("expires_at", UtcTime()),
        sa.Column("denied_at", UtcTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", Opaque()),
        sa.Column("pushed_at", UtcTime()),
        sa.Column("pushes", sa.Integer(), nullable=False),
        sa.Column("ignored", sa.Integer(), nullable=False),
    )
    op.create_index("subscriptions_source", "subscriptions", ["source_id"])
    op.create_index("subscriptions_next", "subscriptions", ["next_at"])
    op.create_table(
        "pushes",
        sa.Column("token", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("content_type", Opaque()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
    )
    op.create_index("pushes_received", "pushes", ["received_at"])
