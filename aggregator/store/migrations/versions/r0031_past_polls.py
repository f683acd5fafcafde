"""The last polls of each source."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Opaque, Real, UtcTime

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Make the table, empty: how polls went before is not known."""
    op.create_table(
        "past_polls",
        sa.Column(
            "source_id", sa.String(), sa.ForeignKey("sources.source_id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("received_bytes", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("seconds", Real()),
        sa.Column("error", Opaque()),
    )
