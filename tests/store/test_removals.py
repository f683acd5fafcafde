"""What goes from a store, at what cost, and what is left of it: nothing that serves nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select, text

from aggregator.errors import PollNotStored, StoreError
from aggregator.model import Changes, Grouping, Sighting
from aggregator.store import (
    Logo,
    assign_record_names,
    find_leftovers,
    find_shared_files,
    forget_leftovers,
    forget_removed_sources,
    note_picture_uses,
    read_known,
    read_last_turn,
    read_logos,
    read_pictures,
    read_secured_texts,
    read_source_states,
    reject_source,
    remove_articles_before,
    retire_source,
    save_grouping,
    save_logos,
    save_pictures,
    save_polls,
    save_secured_texts,
)
from aggregator.store.articles.removals import AT_ONCE
from aggregator.store.schema import metadata, stories, story_aliases, story_links
from tests.builders import DAILY, NOW, article, inserting, member, picture, source, state, story

OLD = NOW - timedelta(days=100)
BEFORE = NOW - timedelta(days=90)
EVENING = source("evening")


def fill(store, *articles):
    """Store articles as first polls of their sources."""
    store.sync_sources([DAILY, EVENING], now=NOW)
    for source_id in sorted({a.source_id for a in articles}):
        own = [a for a in articles if a.source_id == source_id]
        store.save_poll(state(source_id), own, inserting(*own))


def old(number, **changes):
    """Return an article that is past its time."""
    return article(number, **{"published_at": OLD, "first_seen_at": OLD, **changes})


def clear(store):
    """Clear up after everything that was removed, and return what was told of files."""
    found = []
    while (left := find_leftovers(store, except_source="imported")) is not None:
        found.append(left)
        forget_leftovers(store, left, except_source="imported")
    return found


def counts(store):
    """Return the number of rows of every table, but for marks, which the next publication takes up."""
    with store.reading() as connection:
        return {
            name: connection.execute(text(f"SELECT COUNT(*) FROM {name}")).scalar()
            for name in metadata.tables
            if name not in {"alembic_version", "marks"}
        }


def group(store, *members, linked=()):
    """Put articles into stories, each named after its first article."""
    first = {}
    for article_id, story_id in members:
        first.setdefault(story_id, article_id)
    turn = read_last_turn(store)
    placed = [
        member(article_id, story_id, turn=turn + 2 * n + 1)
        for n, (article_id, story_id) in enumerate(members)
    ]
    reported = [
        story(story_id, founded=turn + 1, turn=turn + 2 * len(members) + n)
        for n, story_id in enumerate(first)
    ]
    grouping = Grouping(
        since_turn=turn,
        stories=tuple(reported),
        members=tuple(placed),
        moved=(),
        merged=(),
        links=tuple(linked),
    )
    assert save_grouping(store, grouping)


def test_old_articles_go_some_at_a_time(store):
    """No transaction removes more than a few hundred, and all go."""
    fill(store, *(old(n) for n in range(2 * AT_ONCE + 10)), article(9999))
    sizes = []

    def note(_connection, cursor, statement, *_):
        if statement.startswith("DELETE FROM articles"):
            sizes.append(cursor.rowcount)

    event.listen(store._engine, "after_cursor_execute", note)
    assert remove_articles_before(store, BEFORE) == 2 * AT_ONCE + 10
    assert sizes[:3] == [AT_ONCE, AT_ONCE, 10]
    assert counts(store)["articles"] == 1
    assert counts(store)["removed_articles"] == 2 * AT_ONCE + 10


def test_what_only_removed_articles_had_is_forgotten(store):
    """Uses, pictures, copies, logos, records and sealed texts go; what another article shows stays."""
    fill(store, article(1), old(2), old(3, provider=replace(article(1).provider, domain="gone.example")))
    same_file = replace(picture(4), file=picture(3).file)
    save_pictures(store, [picture(1), picture(2), picture(3), same_file, picture(5)])
    gone = {(picture(n).hash, "id-2", "daily.example") for n in (1, 2, 3)}
    note_picture_uses(store, gone | {(picture(2).hash, "id-1", "daily.example")}, (), NOW)
    found = Logo(domain="daily.example", checked_at=NOW, url="https://x.example/i.png")
    save_logos(store, [found, replace(found, domain="gone.example")])
    names = assign_record_names(store, {"id-1": "one.md", "id-2": "two.md"})
    save_secured_texts(store, {"id-1": ("d", "t"), "id-2": ("d", "t")})
    assert clear(store) == []
    assert remove_articles_before(store, BEFORE) == 2
    (left,) = clear(store)
    assert (left.copies, left.records, left.logos) == ((picture(1).file,), ("two.md",), ("gone.example",))
    assert list(read_pictures(store, [picture(n).url for n in range(1, 6)])) == [
        picture(n).url for n in (2, 4, 5)
    ]
    assert find_shared_files(store, ["h1", "h2", "h3"], least=1) == {("h2", "daily.example")}
    assert list(read_logos(store, ["daily.example", "gone.example"])) == ["daily.example"]
    assert list(read_secured_texts(store, ["id-1", "id-2"])) == ["id-1"]
    assert assign_record_names(store, {"id-1": "other.md"}) == {"id-1": names["id-1"]}
    assert counts(store)["record_files"] == 1
    assert counts(store)["removed_articles"] == 0


def test_a_picture_that_many_share_goes_with_the_last(store):
    """It stays while one article shows it, in whatever order they go."""
    fill(store, old(1), old(2), article(3))
    save_pictures(store, [picture(1)])
    note_picture_uses(store, {("h1", f"id-{n}", "daily.example") for n in (1, 2, 3)}, (), NOW)
    remove_articles_before(store, BEFORE)
    assert [left.copies for left in clear(store)] == [()]
    remove_articles_before(store, NOW + timedelta(days=1))
    assert [left.copies for left in clear(store)] == [(picture(1).file,)]


def test_what_came_back_before_it_was_cleared_up_stays(store):
    """An article that was removed and stored again keeps all that it had."""
    fill(store, old(1))
    save_pictures(store, [picture(1)])
    note_picture_uses(store, {("h1", "id-1", "daily.example")}, (), NOW)
    save_secured_texts(store, {"id-1": ("d", "t")})
    save_logos(store, [Logo(domain="daily.example", checked_at=NOW, url="https://x.example/i.png")])
    remove_articles_before(store, BEFORE)
    left = find_leftovers(store, except_source="imported")
    assert left.copies == (picture(1).file,)
    store.save_poll(state(), [article(1)], inserting(article(1)))
    forget_leftovers(store, left, except_source="imported")
    assert read_pictures(store, [picture(1).url])
    assert read_secured_texts(store, ["id-1"])
    assert read_logos(store, ["daily.example"])
    assert clear(store) == []


def test_records_that_were_imported_keep_their_name(store):
    """Their files stay where they lay, so no other article may be given the name; what was sealed goes."""
    fill(store)
    imported = replace(old(1), source_id="imported")
    store.save_poll(state("imported"), [imported], inserting(imported))
    assign_record_names(store, {"id-1": "one.md"})
    save_secured_texts(store, {"id-1": ("d", "t")})
    remove_articles_before(store, BEFORE)
    assert [left.records for left in clear(store)] == [()]
    assert read_secured_texts(store, ["id-1"]) == {}
    assert assign_record_names(store, {"id-22222": "one.md"}) == {"id-22222": "one-id-2.md"}


def test_stories_go_with_their_last_article(store):
    """So do the ids and links that lead there; others stay."""
    fill(store, old(1), old(2), article(3), article(4))
    links = [("id-1", "id-3", 0.5), ("id-2", "id-3", 0.5), ("id-3", "id-4", 0.5)]
    group(store, ("id-1", "id-1"), ("id-2", "id-2"), ("id-3", "id-3"), ("id-4", "id-4"), linked=links)
    with store.writing() as connection:
        connection.execute(
            insert(story_aliases), [{"id": "a", "story_id": "id-1"}, {"id": "b", "story_id": "id-3"}]
        )
    remove_articles_before(store, BEFORE)
    clear(store)
    with store.reading() as connection:
        assert set(connection.execute(select(stories.c.id)).scalars()) == {"id-3", "id-4"}
        assert set(connection.execute(select(story_aliases.c.id)).scalars()) == {"b"}
        assert [row[:2] for row in connection.execute(select(story_links))] == [("id-3", "id-4")]


def test_a_story_whose_article_went_while_it_was_placed_is_forgotten(store):
    """Grouping writes the story's row, as it does not know yet."""
    fill(store, old(1), article(2))
    remove_articles_before(store, BEFORE)
    clear(store)
    group(store, ("id-1", "id-1"), ("id-2", "id-2"))
    assert counts(store)["stories"] == 2
    clear(store)
    assert counts(store)["stories"] == 1


def test_what_a_review_rejects_leaves_nothing(store):
    """What it had goes as that of old articles does."""
    fill(store, article(1, is_quarantined=True))
    save_secured_texts(store, {"id-1": ("d", "t")})
    assert reject_source(store, "daily") == 1
    clear(store)
    assert read_secured_texts(store, ["id-1"]) == {}


def test_a_removed_source_is_forgotten_in_time(store):
    """After its retention its row, sightings and addresses go; those of sources that stay are kept."""
    fill(store, *(old(n) for n in range(1, AT_ONCE + 20)), article(7000, source_id="evening"))
    shared = Sighting(source_id="evening", article_id="id-1")
    store.save_poll(state("evening"), [old(1)], lambda _: Changes(sightings=(shared,)))
    remove_articles_before(store, BEFORE)
    store.sync_sources([EVENING], now=NOW)
    assert forget_removed_sources(store, BEFORE, now=NOW) == 0
    later = NOW + timedelta(days=90)
    assert forget_removed_sources(store, NOW, now=later) == 0
    assert forget_removed_sources(store, NOW + timedelta(seconds=1), now=later) == 1
    assert set(read_source_states(store)) == {"evening"}
    left = counts(store)
    assert (left["sightings"], left["article_urls"], left["source_entries"]) == (2, 2, 0)
    assert read_known(store, "evening", [old(1)]).urls == {"https://daily.example/1": "id-1"}


def test_a_removed_source_that_comes_back_in_time_shows_nothing_anew(store):
    """What it showed stays known, and its time begins again when it is removed again."""
    fill(store, old(1))
    remove_articles_before(store, BEFORE)
    for _ in range(2):
        store.sync_sources([EVENING], now=NOW)
        forget_removed_sources(store, BEFORE, now=NOW)
        store.sync_sources([DAILY, EVENING], now=NOW)
        forget_removed_sources(store, NOW + timedelta(days=1), now=NOW)
    assert read_known(store, "daily", [old(1)]).sightings != ()
    store.sync_sources([EVENING], now=NOW)
    later = NOW + timedelta(days=200)
    assert forget_removed_sources(store, later - timedelta(days=90), now=later) == 0


def test_a_removed_source_whose_articles_are_kept_is_kept(store):
    """They are judged by what is remembered of it."""
    fill(store, article(1))
    store.sync_sources([EVENING], now=NOW)
    forget_removed_sources(store, OLD, now=OLD)
    assert forget_removed_sources(store, BEFORE, now=NOW) == 0
    remove_articles_before(store, NOW + timedelta(days=1))
    assert forget_removed_sources(store, BEFORE, now=NOW) == 1


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_forgetting_a_source_goes_on_after_a_failure(store):
    """What was begun is finished the next time: the source's row goes last."""
    fill(store, *(old(n) for n in range(AT_ONCE + 20)))
    remove_articles_before(store, BEFORE)
    store.sync_sources([EVENING], now=NOW)
    forget_removed_sources(store, OLD, now=OLD)
    with store.writing() as connection:
        connection.execute(
            text("CREATE TRIGGER killed BEFORE DELETE ON sources BEGIN SELECT RAISE(ABORT, 'killed'); END")
        )
    with pytest.raises(StoreError, match="killed"):
        forget_removed_sources(store, BEFORE, now=NOW)
    assert counts(store)["sightings"] == 20
    with store.writing() as connection:
        connection.execute(text("DROP TRIGGER killed"))
    assert forget_removed_sources(store, BEFORE, now=NOW) == 1
    assert counts(store)["sightings"] == counts(store)["article_urls"] == 0


def test_removing_a_source_with_its_articles_leaves_nothing(store):
    """Addresses of articles that were pruned before go, too, however many there are."""
    fill(store, *(old(n) for n in range(AT_ONCE + 20)), *(article(n) for n in range(2000, 2000 + AT_ONCE)))
    remove_articles_before(store, BEFORE)
    assert retire_source(store, "daily", with_articles=True) == AT_ONCE
    clear(store)
    assert {name: n for name, n in counts(store).items() if n} == {"sources": 1}


def test_a_poll_that_ends_after_its_source_was_removed_stores_nothing(store):
    """Nobody would ever forget it; polls beside it are stored."""
    fill(store)
    removed = replace(state(), body_hash="h", seen=b"s"), [article(1)], inserting(article(1))
    kept = state("evening"), [article(2, source_id="evening")], inserting(article(2, source_id="evening"))
    retire_source(store, "daily", with_articles=True)
    reported, done = save_polls(store, [removed, kept])
    assert isinstance(reported, PollNotStored)
    assert "no source 'daily' is known" in str(reported)
    assert [a.id for a in done.inserted] == ["id-2"]
    left = counts(store)
    assert (left["articles"], left["sightings"], left["article_urls"]) == (1, 1, 1)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_pruning_costs_what_goes(store):
    """Nothing that prunes looks at all that is stored."""
    fill(store, article(1))
    plans = []

    def note(connection, _cursor, statement, parameters, *_):
        if statement.split()[0] in ("SELECT", "DELETE", "UPDATE", "WITH"):
            rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in rows)

    removed = old(2)
    store.save_poll(state(), [removed], inserting(removed))
    event.listen(store._engine, "before_cursor_execute", note)
    remove_articles_before(store, BEFORE)
    clear(store)
    forget_removed_sources(store, BEFORE, now=NOW)
    retire_source(store, "daily", with_articles=True)
    scanned = {words[1] for words in map(str.split, plans) if words[0] == "SCAN"}
    assert scanned & metadata.tables.keys() <= {"removed_articles"}
    assert any("articles_seen" in plan for plan in plans)
