"""What tells when a source is to be polled, where it has moved to, and what it cost."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Json, UtcTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; the rhythm of sources that are stored already is learnt anew."""
    columns: tuple[sa.Column[object], ...] = (
        sa.Column("posts", sa.LargeBinary()),
        sa.Column("asks", Json()),
        sa.Column("throttles", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("service", sa.String()),
        sa.Column("phase", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("held_until_at", UtcTime()),
        sa.Column("redirect_sightings", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("redirect_proved_at", UtcTime()),
        sa.Column("proposed_url", sa.Text()),
        sa.Column("proposed_why", sa.Text()),
        sa.Column("failing_since_at", UtcTime()),
        sa.Column("told_at", UtcTime()),
        sa.Column("examined_at", UtcTime()),
        sa.Column("full_bytes", sa.Integer()),
        sa.Column("tallies", sa.LargeBinary()),
    )
    for column in columns:
        op.add_column("sources", column)
    op.create_index("sources_held", "sources", ["held_until_at"])
