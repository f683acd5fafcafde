"""What the operators' desk asks of a store."""

from dataclasses import replace
from datetime import timedelta

from aggregator.model import Changes, SourceState
from aggregator.store import (
    TroubledSources,
    count_entries_by_day,
    count_recent_items,
    count_troubled,
    read_newest_of_source,
    save_poll,
    sync_sources,
)
from aggregator.store.shown.feed_items import Arrangement, FeedItem, save_arrangement
from tests.builders import DAILY, NOW, article, fill, sighting, source

DAY = timedelta(days=1)


def test_entries_are_counted_by_the_day_they_were_first_seen(store):
    """For each source that is asked for, by days of UTC; those before the time are left out."""
    seen = [(1, NOW), (2, NOW), (3, NOW - DAY), (4, NOW - 40 * DAY)]
    sync_sources(store, [DAILY, source("other")], now=NOW)
    articles = [article(n, at=at) for n, at in seen]
    changes = Changes(
        inserted=tuple(articles),
        sightings=tuple(
            replace(sighting(one), first_seen_at=at) for one, (_, at) in zip(articles, seen, strict=True)
        ),
    )
    save_poll(store, SourceState(source_id=DAILY.id), articles, lambda _: changes)
    found = count_entries_by_day(store, [DAILY.id, "other"], NOW - 30 * DAY)
    assert found == {DAILY.id: {NOW.date(): 2, (NOW - DAY).date(): 1}}


def test_the_newest_articles_of_a_source_are_read(store):
    """Those that it shows, by the time they were published."""
    fill(store, *(article(n, published_at=NOW - n * DAY) for n in range(1, 5)))
    assert [one.id for one in read_newest_of_source(store, DAILY.id, 3)] == ["id-1", "id-2", "id-3"]
    assert read_newest_of_source(store, "other", 3) == ()


def test_sources_that_wait_for_a_person_are_counted(store):
    """Those that were told to be broken, are quarantined, or moved; each of them where it is polled."""
    names = ("a", "b", "c", "d")
    sync_sources(store, [*map(source, names), source("off", enabled=False)], now=NOW)
    states = (
        SourceState(source_id="a", told_at=NOW),
        SourceState(source_id="c", proposed_url="https://c.example/new"),
        SourceState(source_id="off", told_at=NOW),
    )
    for one in states:
        save_poll(store, one, (), lambda _: Changes())
    captured = SourceState(source_id="b", polled_at=NOW)
    new = article(1, source_id="b", is_quarantined=True)
    changes = Changes(inserted=(new,), quarantined_because="it is another")
    save_poll(store, captured, [new], lambda _: changes)
    assert count_troubled(store) == TroubledSources(broken=1, quarantined=1, moved=1)


def test_young_items_are_counted_by_feed(store):
    """By when they count as young from; feeds without are left out."""
    items = [
        FeedItem(
            feed=feed, item_id=f"{feed}-{age}", sorted_at=NOW, published_at=NOW, recent_at=NOW - age * DAY,
            is_recent=True,
        )
        for feed, ages in (("ai", (0, 1, 9)), ("ml", (9,)))
        for age in ages
    ]  # fmt: skip
    save_arrangement(store, Arrangement(items=items), [])
    assert count_recent_items(store, ["ai", "ml", "no"], NOW - 7 * DAY) == {"ai": 2}
