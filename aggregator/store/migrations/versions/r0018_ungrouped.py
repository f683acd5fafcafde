"""Which articles have no story yet, found without looking at those that have one."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the column and the index of those that are to be grouped."""
    is_grouped: sa.Column[bool] = sa.Column(
        "is_grouped", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("articles", is_grouped)
    op.execute(
        sa.text(
            "UPDATE articles SET is_grouped = :is_grouped WHERE id IN (SELECT article_id FROM story_members)"
        ).bindparams(is_grouped=True)
    )
    op.create_index(
        "articles_to_group", "articles", ["first_seen_at", "published_at", "id"],
        sqlite_where=sa.text("is_grouped IS 0 AND is_quarantined IS 0"),
        postgresql_where=sa.text("is_grouped IS false AND is_quarantined IS false"),
    )  # fmt: skip
    op.create_index("story_members_turn", "story_members", ["turn"])
    op.create_index("stories_turn", "stories", ["turn"])
