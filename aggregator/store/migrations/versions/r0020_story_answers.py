"""What people say of stories, and what they were asked."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import UtcTime

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the tables of answers, of questions, and of the kinds of pairs that these were drawn from."""
    op.create_table(
        "story_answers",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("other_id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("answered_at", UtcTime(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
    )
    op.create_index("story_answers_turn", "story_answers", ["turn"])
    op.create_table(
        "story_questions",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("other_id", sa.String(), primary_key=True),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("drawn_at", UtcTime(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column("is_together", sa.Boolean(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("other_provider", sa.String(), nullable=False),
    )
    op.create_index("story_questions_drawn", "story_questions", ["drawn_at"])
    op.create_table(
        "story_strata",
        sa.Column("topic", sa.String(), primary_key=True),
        sa.Column("drawn_at", UtcTime(), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("pairs", sa.Float(), nullable=False),
    )
