"""What is remembered to see through lying validators and captured sources."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Opaque, UtcTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; what is stored is not held, and every source counts as read at its last poll."""
    columns: tuple[sa.Column[object], ...] = (
        sa.Column("whole_at", UtcTime()),
        sa.Column("unread_polls", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("has_frozen_validators", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("held_at", UtcTime()),
        sa.Column("held_because", Opaque()),
    )
    for column in columns:
        op.add_column("sources", column)
    op.execute("UPDATE sources SET whole_at = polled_at")
    op.add_column("articles", sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("articles_source", "articles", ["source_id", "seen_at"])
