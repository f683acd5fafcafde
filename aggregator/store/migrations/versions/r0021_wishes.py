"""What publishers say about reuse, with each article."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Json

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the column: of the pages that were read already it is not known."""
    op.add_column("articles", sa.Column("wishes", Json()))
