"""When articles of a source that brought too many at once are released."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Counts, UtcTime

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the columns: nothing waits yet."""
    op.add_column("articles", sa.Column("release_at", UtcTime()))
    op.add_column("sources", sa.Column("releases", Counts(2, "I")))
