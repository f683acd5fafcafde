"""When what a rule of an editor makes of an article changes by time alone."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import UtcTime

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the column, and the index of the few articles that have it."""
    op.add_column("articles", sa.Column("judge_again_at", UtcTime()))
    op.create_index(
        "articles_to_judge", "articles", ["judge_again_at"],
        sqlite_where=sa.text("judge_again_at IS NOT NULL"),
        postgresql_where=sa.text("judge_again_at IS NOT NULL"),
    )  # fmt: skip
