"""Stories: their articles, what they became part of, and which are related."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Json, UtcTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables; what is stored already is grouped as if it had just come in."""
    _make_stories()
    _make_story_members()
    op.create_table(
        "story_aliases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("story_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "story_links",
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("story_id", "other_id"),
    )
    op.create_index("story_links_other", "story_links", ["other_id"])


def _make_stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("total", Json()),
        sa.Column("has_excerpt", sa.Boolean(), nullable=False),
        sa.Column("founded", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcTime(), nullable=False),
        sa.Column("formed_at", UtcTime()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("stories_last", "stories", ["last_at"])


def _make_story_members() -> None:
    op.create_table(
        "story_members",
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("joined_at", UtcTime(), nullable=False),
        sa.Column("published_at", UtcTime(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("terms", Json(), nullable=False),
        sa.Column("vector", Json(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("shared", Json(), nullable=False),
        sa.PrimaryKeyConstraint("article_id"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
    )
    op.create_index("story_members_story", "story_members", ["story_id"])
    op.create_index("story_members_published", "story_members", ["published_at"])
