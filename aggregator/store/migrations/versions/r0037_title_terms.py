"""How many of an article's terms are those of its title, for telling whether another article tells them."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Add it; it is not known of what was grouped before."""
    op.add_column("story_members", sa.Column("title_terms", sa.Integer(), nullable=False, server_default="0"))
