"""How many entries of a source were taken for an article by likeness, and which addresses rotate."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import UtcTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns: nothing is counted yet, and no address has moved."""
    op.add_column("sources", sa.Column("joined", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sightings", sa.Column("moved_at", UtcTime()))
