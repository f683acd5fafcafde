"""The tables of the first version."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import Json, UtcTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _make_article_urls()
    _make_articles()
    _make_notes()
    _make_sightings()
    _make_sources()
    _make_article_topics()


def _make_article_urls() -> None:
    op.create_table(
        "article_urls",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("article_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("url"),
    )
    op.create_index("article_urls_article", "article_urls", ["article_id"], unique=False)


def _make_articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("provider_domain", sa.String(), nullable=False),
        sa.Column("provider", Json(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("published_at", UtcTime(), nullable=False),
        sa.Column("first_seen_at", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=True),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("stated_at", UtcTime(), nullable=True),
        sa.Column("excerpt", sa.Text(), nullable=True),
        sa.Column("original_url", sa.Text(), nullable=True),
        sa.Column("web_url", sa.Text(), nullable=True),
        sa.Column("amp_url", sa.Text(), nullable=True),
        sa.Column("cdn_amp_url", sa.Text(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("featured_content", sa.Text(), nullable=True),
        sa.Column("images", Json(), nullable=False),
        sa.Column("enclosures", Json(), nullable=False),
        sa.Column("authors", Json(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("topics", Json(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("quality_parts", Json(), nullable=False),
        sa.Column("origins", Json(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=True),
        sa.Column("is_backlog", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("articles_published", "articles", ["published_at"], unique=False)
    op.create_index("articles_seen", "articles", ["seen_at"], unique=False)
    op.create_index(
        "articles_title", "articles", ["provider_domain", "title_key", "published_at"], unique=False
    )


def _make_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def _make_sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=True),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("stated_at", UtcTime(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("first_seen_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", "article_id"),
    )
    op.create_index("sightings_article", "sightings", ["article_id"], unique=False)
    op.create_index("sightings_entry", "sightings", ["source_id", "entry_id"], unique=False)


def _make_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("spec", Json(), nullable=False),
        sa.Column("is_configured", sa.Boolean(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("polled_at", UtcTime(), nullable=True),
        sa.Column("first_polled_at", UtcTime(), nullable=True),
        sa.Column("next_poll_at", UtcTime(), nullable=True),
        sa.Column("redirect_url", sa.Text(), nullable=True),
        sa.Column("redirect_since_at", UtcTime(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("site_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source_id"),
    )
    op.create_index("sources_due", "sources", ["next_poll_at"], unique=False)


def _make_article_topics() -> None:
    op.create_table(
        "article_topics",
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("topic_id", sa.String(), nullable=False),
        sa.Column("published_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "topic_id"),
    )
    op.create_index("article_topics_newest", "article_topics", ["topic_id", "published_at"], unique=False)
