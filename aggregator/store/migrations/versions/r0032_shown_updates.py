"""When items of feeds were last updated as subscribers know it."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import UtcTime

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make the table, empty: what feeds show is noted as it is arranged."""
    op.create_table(
        "shown_updates",
        sa.Column("feed", sa.String(), primary_key=True),
        sa.Column("item_id", sa.String(), primary_key=True),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
    )
    op.create_index("shown_updates_item", "shown_updates", ["item_id"])
