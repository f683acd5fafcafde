"""What was corrected of what had been published."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Opaque, UtcTime

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make the tables, empty: what was corrected before is not known."""
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("title", Opaque(), nullable=False),
        sa.Column("reason", Opaque()),
        sa.Column("article_id", sa.String()),
        sa.Column("story_id", sa.String()),
        sa.Column("other_id", sa.String()),
        sa.Column("had_page", sa.Boolean(), nullable=False),
        sa.Column("published_at", UtcTime()),
        sa.Column("pinged_at", UtcTime()),
        sqlite_autoincrement=True,
    )
    op.create_index("corrections_article", "corrections", ["article_id"])
    op.create_index("corrections_story", "corrections", ["story_id"])
    op.create_table(
        "topic_corrections",
        sa.Column("topic_id", sa.String(), primary_key=True),
        sa.Column("correction_id", sa.Integer(), primary_key=True),
    )
