"""Articles that disappeared at their source."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import UtcTime

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Make the table and the column, empty: what disappeared before is not known."""
    op.create_table(
        "disappeared_articles",
        sa.Column(
            "article_id", sa.String(), sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column(
            "source_id", sa.String(), sa.ForeignKey("sources.source_id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("newer", sa.Text(), nullable=False),
        sa.Column("older", sa.Text(), nullable=False),
        sa.Column("missing_since_at", UtcTime(), nullable=False),
        sa.Column("proposed_at", UtcTime()),
        sa.Column("page", sa.String()),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("check_at", UtcTime()),
        sa.Column("rejected_at", UtcTime()),
    )
    op.create_index("disappeared_articles_source", "disappeared_articles", ["source_id"])
    op.add_column("articles", sa.Column("withdrawn_at", UtcTime()))
    op.create_index(
        "articles_withdrawn", "articles", ["withdrawn_at"],
        sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
        postgresql_where=sa.text("withdrawn_at IS NOT NULL"),
    )  # fmt: skip
