"""Indexes by which questions that are asked again and again cost what there is to do."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make them, and drop the one that the planner took for questions about any source."""
    op.drop_index("sources_removed", "sources")
    op.create_index(
        "sources_gone", "sources", ["removed_at"],
        sqlite_where=sa.text("is_configured IS 0"), postgresql_where=sa.text("is_configured IS false"),
    )  # fmt: skip
    are_proved = sa.text("amp_url IS NOT NULL AND imported IS NULL")
    op.create_index(
        "articles_amp", "articles", ["amp_checked_at"],
        sqlite_where=are_proved, postgresql_where=are_proved,
    )  # fmt: skip
