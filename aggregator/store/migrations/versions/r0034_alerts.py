"""What operators are told, and from when on a source counts as silent."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Opaque, UtcTime

revision = "0034"
down_revision = "0033"
ILL = "failing_since_at IS NOT NULL OR quarantined_at IS NOT NULL OR proposed_url IS NOT NULL"


def upgrade() -> None:
    """Make the tables, empty, and the column and the indexes by which trouble is found."""
    op.create_table(
        "alerts",
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("subject", sa.String(), primary_key=True),
        sa.Column("since_at", UtcTime(), nullable=False),
        sa.Column("text", Opaque(), nullable=False),
        sa.Column("told_at", UtcTime()),
        sa.Column("over_at", UtcTime()),
    )
    op.create_table(
        "alert_events",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("since_at", UtcTime(), nullable=False),
        sa.Column("text", Opaque(), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "alert_channels",
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("again_at", UtcTime()),
        sa.Column("problem", Opaque()),
    )
    op.add_column("sources", sa.Column("silent_at", UtcTime()))
    op.create_index("sources_silent", "sources", ["silent_at"])
    op.create_index(
        "sources_ill", "sources", ["source_id"], sqlite_where=sa.text(ILL), postgresql_where=sa.text(ILL)
    )
