"""What a source says is an article's AMP page."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; articles that are stored already have none."""
    op.add_column("articles", sa.Column("amp_link", sa.Text()))
