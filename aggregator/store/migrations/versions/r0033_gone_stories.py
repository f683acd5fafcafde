"""Which story an article was taken out of, and where stories stood before articles of them were."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Endless, UtcTime

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Add what is not known of what was corrected and shown before."""
    op.add_column("corrections", sa.Column("from_story_id", sa.String()))
    op.add_column("shown_updates", sa.Column("placed_at", UtcTime()))
    op.add_column("shown_updates", sa.Column("turn", Endless))
