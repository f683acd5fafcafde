"""What hubs are told of our feeds."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Opaque, UtcTime

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make the table, empty: feeds that announce a hub are written anew, which the hub is told."""
    op.create_table(
        "hub_pings",
        sa.Column("feed", sa.String(), primary_key=True),
        sa.Column("hub_url", sa.String(), primary_key=True),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.Column("due_at", UtcTime()),
        sa.Column("pinged_at", UtcTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", Opaque()),
    )
    op.create_index("hub_pings_due", "hub_pings", ["due_at"])
