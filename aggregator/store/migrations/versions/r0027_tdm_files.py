"""What sites state about text and data mining, as it was last read."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Json, UtcTime

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make the table: nothing was read yet."""
    op.create_table(
        "tdm_files",
        sa.Column("origin", sa.Text(), primary_key=True),
        sa.Column("read_at", UtcTime(), nullable=False),
        sa.Column("rules", Json(), nullable=False),
    )
    op.create_index("tdm_files_read", "tdm_files", ["read_at"])
