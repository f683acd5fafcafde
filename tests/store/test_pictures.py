"""What the store promises of pictures and logos."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import SourceState
from aggregator.store import (
    Logo,
    evict_pictures,
    find_shared_files,
    find_unknown_copies,
    forget_idle_pictures,
    measure_cache,
    note_picture_uses,
    read_logos,
    read_pictures,
    revise_articles,
    save_logos,
    save_pictures,
)
from tests.builders import DAILY, NOW, article, fill, inserting, picture


def evicted(store, **limits):
    """Evict copies and return their names."""
    names = []
    evict_pictures(store, remove=names.extend, **limits)
    return names


def test_pictures_and_logos_come_back_and_are_replaced(store):
    """What is kept is read back as it was, and the newer replaces the older."""
    kept = [picture(1), picture(2, problem="no", width=None, height=None, file=None, size_bytes=None)]
    save_pictures(store, kept)
    assert read_pictures(store, [p.url for p in kept] + ["https://else.example/"]) == {p.url: p for p in kept}
    save_pictures(store, [replace(kept[0], width=1)])
    assert read_pictures(store, [kept[0].url])[kept[0].url].width == 1
    fill(store, article(1))
    logo = Logo(domain="daily.example", url="https://daily.example/l.png", checked_at=NOW)
    assert save_logos(store, [logo, replace(logo, domain="else.example")]) == {"daily.example"}
    assert read_logos(store, ["daily.example", "else.example"]) == {"daily.example": logo}


def test_the_longest_unused_copies_go_first(store):
    """Eviction ends when the rest fits, spares what is in use, and counts a shared file once."""
    shared = picture(5, days=9, file="h4.jpg")
    save_pictures(store, [picture(1, days=3), picture(2, days=2), picture(3), picture(4, days=1), shared])
    assert measure_cache(store) == 400
    assert measure_cache(store, used_since=NOW) == 100
    assert evicted(store, max_bytes=400, before=NOW) == []
    assert evicted(store, max_bytes=250, before=NOW) == ["h1.jpg", "h2.jpg"]
    assert evicted(store, max_bytes=0, before=NOW) == ["h4.jpg"]
    assert measure_cache(store) == 100
    left = read_pictures(store, [picture(1).url, picture(3).url, shared.url])
    assert [left[p.url].file for p in (picture(1), picture(3), shared)] == [None, "h3.jpg", None]
    assert evicted(store, max_bytes=0, before=None) == ["h3.jpg"]


def test_a_copy_that_cannot_be_removed_stays_known(store):
    """So it does where the process ends before the database is told."""
    save_pictures(store, [picture(1, days=3)])

    def fail(_):
        raise OSError("cannot be removed")

    with pytest.raises(OSError, match="cannot be removed"):
        evict_pictures(store, max_bytes=0, before=NOW, remove=fail)
    assert find_unknown_copies(store, ["h1.jpg", "h2.jpg"]) == ("h2.jpg",)
    assert evicted(store, max_bytes=0, before=NOW) == ["h1.jpg"]


def test_a_use_keeps_a_copy(store):
    """A picture that is noted as in use counts as used then."""
    save_pictures(store, [picture(1, days=3)])
    note_picture_uses(store, (), [picture(1).url], NOW)
    assert evicted(store, max_bytes=0, before=NOW) == []


def test_a_file_is_shared_by_articles_of_one_publisher(store):
    """Only articles of the same publisher count, each once however often it is noted."""
    fill(store, *(article(n) for n in range(10)))
    uses = {("h", f"id-{n}", "daily.example") for n in range(4)}
    for _ in range(2):
        note_picture_uses(store, uses | {("h", "id-9", "else.example")}, (), NOW)
    assert find_shared_files(store, ["h", "other"], least=4) == {("h", "daily.example")}
    assert find_shared_files(store, ["h"], least=5) == frozenset()


def test_what_nobody_used_for_long_is_forgotten(store):
    """Copies go of what no stored article shows; the rest is only looked at again."""
    fill(store, article(1))
    without = {"file": None, "size_bytes": None}
    kept = [picture(1, days=9, **without), picture(2, days=9), picture(3), picture(4, days=9)]
    save_pictures(store, [*kept, picture(5, days=9, file="h3.jpg")])
    note_picture_uses(store, {("h2", "id-1", "daily.example")}, (), NOW)
    removed = []
    forget_idle_pictures(store, NOW - timedelta(days=5), removed.extend)
    assert removed == ["h4.jpg"]
    assert list(read_pictures(store, [picture(n).url for n in range(1, 6)])) == [
        picture(n).url for n in (2, 3)
    ]


def test_uses_by_articles_that_went_meanwhile_are_not_noted(store):
    """Nobody would forget them."""
    fill(store, article(1))
    note_picture_uses(store, {("h", "id-1", "daily.example"), ("h", "id-2", "daily.example")}, (), NOW)
    assert find_shared_files(store, ["h"], least=1) == {("h", "daily.example")}
    assert find_shared_files(store, ["h"], least=2) == frozenset()


def test_articles_are_revised_as_they_are_now(store):
    """The revision sees the stored article with its carriers, and only what it changes is written."""
    store.sync_sources([DAILY], now=NOW)
    stored = [article(1), article(2)]
    store.save_poll(SourceState(source_id="daily"), stored, inserting(*stored))
    seen = []

    def revise(found, carriers):
        seen.append((found, tuple(carriers)))
        return replace(found, images=(), title="Revised") if found.id == "id-1" else found

    assert revise_articles(store, ["id-1", "id-2", "id-3"], revise) == 1
    assert seen == [(stored[0], ("daily",)), (stored[1], ("daily",))]
    assert store.article("id-1").title == "Revised"
    assert store.article("id-2") == stored[1]
