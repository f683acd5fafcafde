"""From every older store to the one that the code declares."""

import json
from datetime import UTC, datetime, timedelta

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from aggregator.store import (
    find_articles_to_group,
    find_current_story,
    find_leftovers,
    forget_leftovers,
    open_store,
    read_pauses,
    read_quarantined,
    read_related_stories,
    read_source_state,
)
from aggregator.store.engine import REVISION
from aggregator.store.migrations import MIGRATIONS
from aggregator.store.schema import metadata
from tests.stories.invariants import broken_invariants


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


def _is_the_same(found, name, kind, is_reflected, _compared):
    """Tell whether both databases have it: on PostgreSQL, keys of any length are kept by hash."""
    if kind != "index":
        return True
    return name not in {
        "articles_title",
        "sightings_entry",
        "sources_hub",
        "article_urls_url",
        "pictures_url",
    }


def _differences(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        found = compare_metadata(
            MigrationContext.configure(connection, opts={"include_object": _is_the_same}), metadata
        )
    engine.dispose()
    return found


def test_the_revision_that_needs_no_migrating_is_the_last():
    """Who adds a migration names it in the code that opens a store, or it would never run."""
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == REVISION


def test_schema_and_migrations_have_the_same_tables_and_columns(tmp_path):
    """Who changes one of them is told what the other lacks."""
    url = f"sqlite:///{tmp_path}/new.db"
    _make(url, "head")
    found = "\n".join(map(str, _differences(url)))
    assert not found, f"to be as schema.py declares, the store that the migrations make needs:\n{found}"


def test_migrating_equals_declaring(store):
    """A new store has the tables that the code declares."""
    assert _differences(store.url) == []


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


def _damage_stories(url):
    """Leave stories as older versions may have: "lost" has no row, and much leads to what is no more."""
    engine = create_engine(url)
    with engine.begin() as connection:

        def insert(table, **values):
            names = ", ".join(values)
            places = ", ".join(f":{name}" for name in values)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)

        kept = {"has_excerpt": False, "checked": 0, "last_at": 1, "formed_at": None}
        for turn, story_id in ((2, "one"), (4, "two")):
            insert("stories", id=story_id, total='{"comet":1.0}', founded=turn - 1, turn=turn, **kept)
        member = {"joined_at": 1, "provider": "d.example", "quality": 1, "language": "en", "score": 1.0}
        lists = {"terms": "[]", "shared": "[]"}
        columns = [
            row[1] for row in connection.execute(text("PRAGMA table_info(articles)")) if row[1] != "id"
        ]
        copied = ", ".join(columns)
        for turn, article_id, story_id in (
            (1, "id-1", "one"), (3, "id-2", "two"), (5, "id-3", "lost"), (7, "id-4", "lost"),
        ):  # fmt: skip
            if article_id != "id-1":
                connection.execute(
                    text(
                        f"INSERT INTO articles (id, {copied}) SELECT :id, {copied} FROM articles WHERE id = 'id-1'"
                    ),
                    {"id": article_id},
                )
            vector = json.dumps({"comet": 0.6, article_id: 0.8})
            place = {"article_id": article_id, "story_id": story_id, "turn": turn, "published_at": turn}
            insert("story_members", vector=vector, **place, **member, **lists)
        connection.execute(text("UPDATE stories SET last_at = 3 WHERE id = 'two'"))
        for gone, story_id in (
            ("a", "b"), ("b", "one"), ("lost", "two"), ("c", "nowhere"), ("round", "again"), ("again", "round"),
        ):  # fmt: skip
            insert("story_aliases", id=gone, story_id=story_id)
        for a, b, likeness in (
            ("one", "two", 0.4), ("two", "one", 0.5), ("a", "two", 0.6), ("b", "one", 0.7), ("one", "one", 0.8),
            ("lost", "a", 0.3), ("one", "nowhere", 0.9), ("round", "two", 0.9),
        ):  # fmt: skip
            insert("story_links", story_id=a, other_id=b, likeness=likeness)
    engine.dispose()


def test_stories_that_lost_their_row_get_it_back(tmp_path):
    """Their articles stay together, links lead to the stories of today, once a pair, and ids to one."""
    url = f"sqlite:///{tmp_path}/old.db"
    _make(url, "0010")
    _damage_stories(url)
    with open_store(url) as store:
        assert broken_invariants(store) == []
        assert read_related_stories(store, ["one", "two", "lost"]) == {
            "one": ("two", "lost"), "two": ("one",), "lost": ("one",),
        }  # fmt: skip
        led = {old: find_current_story(store, old) for old in ("a", "b", "lost", "c", "round")}
        assert led == {"a": "one", "b": "one", "lost": "lost", "c": None, "round": None}
    engine = create_engine(url)
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT total, founded, turn, last_at FROM stories WHERE id = 'lost'")
        ).one()
        assert (json.loads(row.total), *row[1:]) == ({"comet": 1.2, "id-3": 0.8, "id-4": 0.8}, 5, 7, 7)
        links = connection.execute(text("SELECT * FROM story_links ORDER BY likeness")).all()
        assert links == [("lost", "one", 0.3), ("one", "two", 0.6)]
    engine.dispose()


def test_validators_of_unknown_origin_are_forgotten(tmp_path):
    """Those of a source that redirects to another host are not its own; others stay."""
    url = f"sqlite:///{tmp_path}/old.db"
    _make(url, "0011")
    engine = create_engine(url)
    sources = {
        "daily": None,
        "near": "https://daily.example/new",
        "far": "https://www.daily.example/",
        "secure": "http://daily.example/",
    }
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM sources"))
        for source_id, target in sources.items():
            connection.execute(
                text(
                    "INSERT INTO sources (source_id, url, spec, is_configured, is_enabled, failures, etag,"
                    " last_modified, redirect_url) VALUES"
                    " (:id, 'https://daily.example/', '{}', true, true, 0, 'e', 'm', :target)"
                ),
                {"id": source_id, "target": target},
            )
    engine.dispose()
    with open_store(url) as store:
        kept = {source_id: read_source_state(store, source_id) for source_id in sources}
    assert {source_id: (state.etag, state.last_modified) for source_id, state in kept.items()} == {
        "daily": ("e", "m"),
        "near": ("e", "m"),
        "far": (None, None),
        "secure": (None, None),
    }


def test_what_earlier_versions_left_is_cleared_up(tmp_path):
    """Sealed texts, record names, uses, logos and stories of articles that are gone are found by the index."""
    url = f"sqlite:///{tmp_path}/old.db"
    _make(url, "0012")
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO secured_texts VALUES ('id-1', 'd', 't'), ('id-2', 'd', 't')",
            "INSERT INTO record_files VALUES ('id-1', 'one.md'), ('id-3', 'three.md')",
            "INSERT INTO picture_uses VALUES ('h', 'id-1', 'd.example'), ('g', 'id-4', 'd.example')",
            "INSERT INTO logos VALUES ('d.example', 'u', NULL, 1), ('gone.example', 'u', NULL, 1)",
            "INSERT INTO stories VALUES ('id-5', NULL, false, 1, 2, 0, 1, NULL)",
            "INSERT INTO story_links VALUES ('id-5', 'id-6', 0.5)",
        ):
            connection.execute(text(statement))
    with open_store(url) as store:
        records, logos = [], []
        while (left := find_leftovers(store, except_source="imported")) is not None:
            records.extend(left.records)
            logos.extend(left.logos)
            forget_leftovers(store, left, except_source="imported")
    assert (records, logos) == (["three.md"], ["gone.example"])
    with engine.connect() as connection:
        left_over = {
            name: connection.execute(text(f"SELECT * FROM {name}")).scalars().all()
            for name in ("secured_texts", "record_files", "picture_uses", "logos", "stories", "story_links")
        }
    engine.dispose()
    assert left_over == {
        "secured_texts": ["id-1"],
        "record_files": ["id-1"],
        "picture_uses": ["h"],
        "logos": ["d.example"],
        "stories": [],
        "story_links": [],
    }


def test_quarantine_and_pauses_keep_their_values_under_new_names(tmp_path):
    """A source and an article that wait for review still do, and a paused service is paused."""
    url = f"sqlite:///{tmp_path}/old.db"
    _make(url, "0013")
    engine = create_engine(url)
    noon = 1_800_000_000_000_000
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE sources SET held_at = :at, held_because = 'odd', held_until_at = :until,"
                " service = 'daily.example'"
            ),
            {"at": noon, "until": noon + 3_600_000_000},
        )
        connection.execute(text("UPDATE articles SET is_held = true"))
    engine.dispose()
    at = datetime.fromtimestamp(noon / 1_000_000, UTC)
    with open_store(url) as store:
        state = read_source_state(store, "daily")
        assert (state.quarantined_at, state.quarantined_because) == (at, "odd")
        assert read_pauses(store, at) == {"daily.example": (at + timedelta(hours=1), "daily")}
        assert [article.id for article in read_quarantined(store)] == ["id-1"]


def test_articles_that_have_a_story_are_known_as_grouped(tmp_path):
    """Only those without one are to be grouped after the migration."""
    url = f"sqlite:///{tmp_path}/old.db"
    _make(url, "0017")
    engine = create_engine(url)
    with engine.begin() as connection:
        names = [row[1] for row in connection.execute(text("PRAGMA table_info(articles)")) if row[1] != "id"]
        copied = ", ".join(names)
        statement = (
            f"INSERT INTO articles (id, {copied}) SELECT 'id-new', {copied} FROM articles WHERE id = 'id-1'"
        )
        connection.execute(text(statement))
        connection.execute(
            text(
                "INSERT INTO story_members (article_id, story_id, turn, joined_at, published_at, provider, quality,"
                " language, terms, vector, score, shared)"
                " VALUES ('id-1', 'id-1', 1, 1, 1, 'd.example', 75, 'en', '[]', '{}', 1, '[]')"
            )
        )
    engine.dispose()
    with open_store(url) as store:
        assert [article.id for article in find_articles_to_group(store, 9)] == ["id-new"]
