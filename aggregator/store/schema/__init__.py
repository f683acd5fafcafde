"""The tables. Times are whole microseconds since 1970 in UTC, lists and mappings are JSON text."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
)

from aggregator.model import Tally
from aggregator.store.columns import Counts, Endless, Json, Opaque, Real, UtcTime

metadata = MetaData()
LONG_KEY = "has a long key"
"""Of a table: PostgreSQL keeps its key, an address, by hash, as it has indexes on others' ids and titles."""


def _where(sqlite: str, postgresql: str | None = None) -> dict[str, Any]:
    """Return which rows an index is of, which each database has its own words for."""
    return {"sqlite_where": text(sqlite), "postgresql_where": text(postgresql or sqlite)}


ILL = "failing_since_at IS NOT NULL OR quarantined_at IS NOT NULL OR proposed_url IS NOT NULL"
"""Which sources something is wrong with: asked in these words, the index of these few answers."""
notes = Table(
    "notes", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False)
)

# ``service`` is what a 429 pauses; ``phase``, 0 to 999, spreads what comes back after it.
sources = Table(
    "sources",
    metadata,
    Column("source_id", String, primary_key=True),
    Column("url", Text, nullable=False),
    Column("spec", Json, nullable=False),
    Column("is_configured", Boolean, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("etag", Opaque),
    Column("last_modified", Opaque),
    Column("validators_url", Text),
    Column("body_hash", String),
    Column("outcome", String),
    Column("error", Opaque),
    Column("failures", Integer, nullable=False, default=0),
    Column("polled_at", UtcTime),
    Column("first_polled_at", UtcTime),
    Column("next_poll_at", UtcTime),
    Column("redirect_url", Text),
    Column("redirect_since_at", UtcTime),
    Column("title", Text),
    Column("site_url", Text),
    Column("whole_at", UtcTime),
    Column("unread_polls", Integer, nullable=False, default=0),
    Column("has_frozen_validators", Boolean, nullable=False, default=False),
    Column("quarantined_at", UtcTime),
    Column("quarantined_because", Opaque),
    Column("posts", Counts(2, "I")),
    Column("asks", Json),
    Column("throttles", Integer, nullable=False, default=0, server_default="0"),
    Column("service", String),
    Column("phase", Integer, nullable=False, default=0, server_default="0"),
    Column("shard", Integer, nullable=False, default=0, server_default="0"),
    Column("paused_until_at", UtcTime),
    Column("redirect_sightings", Integer, nullable=False, default=0, server_default="0"),
    Column("redirect_proved_at", UtcTime),
    Column("proposed_url", Text),
    Column("proposed_why", Text),
    Column("failing_since_at", UtcTime),
    Column("told_at", UtcTime),
    Column("examined_at", UtcTime),
    Column("full_bytes", Integer),
    Column("tallies", Counts(len(Tally._fields), "Q")),
    Index("sources_paused", "paused_until_at"),
    Column("hub_url", Text),
    Column("topic_url", Text),
    Column("push_until_at", UtcTime),
    Column("joined", Integer, nullable=False, default=0, server_default="0"),
    Column("releases", Counts(2, "I")),
    Column("removed_at", UtcTime),
    Column("silent_at", UtcTime),
    Index("sources_due", "next_poll_at"),
    Index("sources_silent", "silent_at"),
    Index("sources_ill", "source_id", **_where(ILL)),
    Index("sources_due_of_shard", "shard", "next_poll_at"),
    Index("sources_hub", "hub_url"),
    # Nearly all sources are configured: an index that has them, too, would be taken for any other question.
    Index("sources_gone", "removed_at", **_where("is_configured IS 0", "is_configured IS false")),
)

# How the last polls went, numbered for each source from 1: see ``store/sources/past_polls.py``.
past_polls = Table(
    "past_polls",
    metadata,
    Column("source_id", String, ForeignKey("sources.source_id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("outcome", String, nullable=False),
    Column("status", Integer),
    Column("received_bytes", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("seconds", Real),
    Column("error", Opaque),
)

source_entries = Table(
    "source_entries",
    metadata,
    Column("source_id", String, ForeignKey("sources.source_id", ondelete="CASCADE"), primary_key=True),
    Column("body_hash", String, nullable=False),
    Column("seen", LargeBinary, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", String, primary_key=True),
    Column("source_id", String, nullable=False),
    Column("provider_domain", String, nullable=False),
    Column("provider", Json, nullable=False),
    Column("title", Text, nullable=False),
    Column("title_key", Text, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("entry_id", Opaque),
    Column("canonical_url", Text),
    Column("stated_at", UtcTime),
    Column("excerpt", Text),
    Column("original_url", Text),
    Column("web_url", Text),
    Column("amp_url", Text),
    Column("cdn_amp_url", Text),
    Column("type", String, nullable=False),
    Column("featured_content", Text),
    Column("images", Json, nullable=False),
    Column("enclosures", Json, nullable=False),
    Column("authors", Json, nullable=False),
    Column("language", String),
    Column("topics", Json, nullable=False),
    Column("quality", Integer, nullable=False),
    Column("quality_parts", Json, nullable=False),
    Column("origins", Json, nullable=False),
    Column("credit", Text),
    Column("is_backlog", Boolean, nullable=False),
    Column("enriched_at", UtcTime),
    Column("amp_checked_at", UtcTime),
    Column("imported", Json),
    # Until when an article waits, of those that its source brought too many at once.
    Column("release_at", UtcTime),
    Column("withdrawn_at", UtcTime),
    Column("amp_link", Text),
    Column("wishes", Json),
    Column("judge_again_at", UtcTime),
    Column("is_quarantined", Boolean, nullable=False, default=False),
    # Kept true by whoever writes story_members; a fresh article has no story.
    Column("is_grouped", Boolean, nullable=False, server_default=false()),
    # Of the service that its page is asked of: see ``store/workers/shards.py``.
    Column("page_shard", Integer, nullable=False, server_default="0"),
    Index("articles_title", "provider_domain", "title_key", "published_at"),
    Index("articles_seen", "seen_at"),
    Index("articles_published", "published_at"),
    Index("articles_source", "source_id", "seen_at"),
    Index("articles_enriched", "enriched_at", "first_seen_at"),
    Index("articles_amp", "amp_checked_at", **_where("amp_url IS NOT NULL AND imported IS NULL")),
    Index("articles_publisher", "provider_domain", "seen_at"),
    Index("articles_to_judge", "judge_again_at", **_where("judge_again_at IS NOT NULL")),
    Index("articles_withdrawn", "withdrawn_at", **_where("withdrawn_at IS NOT NULL")),
    Index(
        "articles_to_group",
        "first_seen_at",
        "published_at",
        "id",
        **_where(
            "is_grouped IS 0 AND is_quarantined IS 0", "is_grouped IS false AND is_quarantined IS false"
        ),
    ),
)

article_topics = Table(
    "article_topics",
    metadata,
    Column("article_id", String, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", String, primary_key=True),
    Column("published_at", UtcTime, nullable=False),
    Index("article_topics_newest", "topic_id", "published_at"),
)

# Articles that were removed, until the rows and files that only they used are removed as well.
removed_articles = Table(
    "removed_articles",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("provider_domain", String, nullable=False),
    Column("story_id", String),
)

# These two outlive their articles, so that an old entry never comes back as new.
sightings = Table(
    "sightings",
    metadata,
    Column("source_id", String, primary_key=True),
    Column("article_id", String, primary_key=True),
    Column("entry_id", Opaque),
    Column("canonical_url", Text),
    Column("title_key", Text, nullable=False),
    Column("stated_at", UtcTime),
    Column("digest", String, nullable=False),
    Column("first_seen_at", UtcTime),
    Column("moved_at", UtcTime),
    Index("sightings_entry", "source_id", "entry_id"),
    Index("sightings_article", "article_id"),
)

article_urls = Table(
    "article_urls",
    metadata,
    Column("url", Text, primary_key=True),
    Column("article_id", String, nullable=False),
    Index("article_urls_article", "article_id"),
    info={LONG_KEY: True},
)

# What a site's tdmrep.json states, so that it is asked for once a day.
tdm_files = Table(
    "tdm_files",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("read_at", UtcTime, nullable=False),
    Column("rules", Json, nullable=False),
    Index("tdm_files_read", "read_at"),
)

# What grouping knows of stories; ``total`` is None where it is the vector of the only article.
stories = Table(
    "stories",
    metadata,
    Column("id", String, primary_key=True),
    Column("total", Json),
    Column("has_excerpt", Boolean, nullable=False),
    Column("founded", Endless, nullable=False),
    Column("turn", Endless, nullable=False),
    Column("checked", Integer, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("formed_at", UtcTime),
    Index("stories_last", "last_at"),
    Index("stories_turn", "turn"),
)

story_members = Table(
    "story_members",
    metadata,
    Column("article_id", String, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("story_id", String, nullable=False),
    Column("turn", Endless, nullable=False),
    Column("joined_at", UtcTime, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("provider", String, nullable=False),
    Column("quality", Integer, nullable=False),
    Column("language", String, nullable=False),
    Column("terms", Json, nullable=False),
    Column("vector", Json, nullable=False),
    Column("score", Real, nullable=False),
    Column("shared", Json, nullable=False),
    Column("title_terms", Integer, nullable=False, server_default="0"),
    Index("story_members_story", "story_id"),
    Index("story_members_published", "published_at"),
    Index("story_members_turn", "turn"),
)

story_aliases = Table(
    "story_aliases",
    metadata,
    Column("id", String, primary_key=True),
    Column("story_id", String, nullable=False),
    Index("story_aliases_story", "story_id"),
)

story_links = Table(
    "story_links",
    metadata,
    Column("story_id", String, primary_key=True),
    Column("other_id", String, primary_key=True),
    Column("likeness", Real, nullable=False),
    Index("story_links_other", "other_id"),
)
