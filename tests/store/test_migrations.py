"""From every older store to the one that the code declares."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from aggregator.store import open_store
from aggregator.store.engine import MIGRATIONS
from aggregator.store.schema import metadata

REVISIONS = [script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()]


def _make(url, revision):
    """Make the database as it was at ``revision``, with one source and one article in it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(
            text(
                "INSERT INTO sources (source_id, url, spec, is_configured, is_enabled, failures)"
                " VALUES ('daily', 'https://daily.example/', '{}', true, true, 2)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO articles (id, source_id, provider_domain, provider, title, title_key,"
                " published_at, first_seen_at, updated_at, seen_at, type, images, enclosures, authors,"
                " topics, quality, quality_parts, origins, is_backlog) VALUES ('id-1', 'daily', 'd.example',"
                """ '{"domain":"d.example","name":"D"}', 'T', 't', 1, 2, 3, 2, 'article', '[]', '[]', '["A"]',"""
                """ '["ai"]', 75, '{}', '{}', false)"""
            )
        )
    engine.dispose()


def _differences(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    return found


def test_migrating_equals_declaring(url, store):
    """A new store has the tables that the code declares."""
    assert _differences(url) == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_store_of_each_revision_is_brought_up_to_date(tmp_path, revision):
    """Its tables become the declared ones, and what it held is still there."""
    url = f"sqlite:///{tmp_path}/old.db"
    _make(url, revision)
    with open_store(url) as store:
        old = store.article("id-1")
        assert (old.title, old.authors, old.topics, old.quality) == ("T", ("A",), ("ai",), 75)
        assert (old.published_at.microsecond, old.first_seen_at.microsecond) == (1, 2)
        assert store.source_state("daily").failures == 2
    assert _differences(url) == []


def test_addresses_lose_what_has_become_known_as_tracking(tmp_path):
    """An article is found under the address that its entry comes with from now on, and under its old one."""
    url = f"sqlite:///{tmp_path}/old.db"
    _make(url, "0008")
    engine = create_engine(url)
    old, new = "https://daily.example/a?id=1&ito=1490", "https://daily.example/a?id=1"
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO article_urls VALUES (:old, 'id-1')"), {"old": old})
        connection.execute(text("INSERT INTO article_urls VALUES ('https://daily.example/b?id=2', 'id-2')"))
        connection.execute(text("UPDATE articles SET canonical_url = :old"), {"old": old})
        connection.execute(
            text(
                "INSERT INTO sightings (source_id, article_id, canonical_url, title_key, digest)"
                " VALUES ('daily', 'id-1', :old, 't', 'd')"
            ),
            {"old": old},
        )
    with open_store(url) as store:
        assert store.article("id-1").canonical_url == new
    with engine.connect() as connection:
        urls = dict(connection.execute(text("SELECT url, article_id FROM article_urls")).all())
        assert urls == {old: "id-1", new: "id-1", "https://daily.example/b?id=2": "id-2"}
        assert connection.scalar(text("SELECT canonical_url FROM sightings")) == new
    engine.dispose()
