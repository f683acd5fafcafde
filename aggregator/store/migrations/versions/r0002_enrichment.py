"""What enrichment finds, and how records were read and written."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Json, UtcTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what enrichment and records need; articles that are stored already stay as they are."""
    columns: tuple[sa.Column[object], ...] = (
        sa.Column("enriched_at", UtcTime()),
        sa.Column("amp_checked_at", UtcTime()),
        sa.Column("imported", Json()),
    )
    for column in columns:
        op.add_column("articles", column)
    op.create_index("articles_enriched", "articles", ["enriched_at", "first_seen_at"])
    op.create_table(
        "record_files",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
    )
    op.create_table(
        "secured_texts",
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_table(
        "pictures",
        sa.Column("url", sa.Text(), primary_key=True),
        sa.Column("hash", sa.String()),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("file", sa.String()),
        sa.Column("size_bytes", sa.Integer()),
        sa.Column("problem", sa.Text()),
        sa.Column("checked_at", UtcTime(), nullable=False),
        sa.Column("used_at", UtcTime(), nullable=False),
    )
    op.create_index("pictures_hash", "pictures", ["hash"])
    op.create_index("pictures_used", "pictures", ["used_at"])
    op.create_table(
        "picture_uses",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("article_id", sa.String(), primary_key=True),
        sa.Column("provider_domain", sa.String(), nullable=False),
    )
    op.create_table(
        "logos",
        sa.Column("domain", sa.String(), primary_key=True),
        sa.Column("url", sa.Text()),
        sa.Column("problem", sa.Text()),
        sa.Column("checked_at", UtcTime(), nullable=False),
    )
