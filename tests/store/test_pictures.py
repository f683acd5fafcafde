"""What the store promises of pictures and logos."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from aggregator.model import SourceState
from aggregator.store import (
    AT_ONCE,
    FeedSize,
    Logo,
    MarkKind,
    evict_pictures,
    find_shared_files,
    find_unknown_copies,
    finish_picture_marks,
    forget_idle_pictures,
    forget_lost_logos,
    identify_unread_file,
    measure_cache,
    note_picture_uses,
    publish_at_once,
    read_logos,
    read_pictures,
    revise_articles,
    save_logos,
    save_pictures,
    take_picture_marks,
)
from aggregator.store.marks import add_marks
from aggregator.store.pictures.picture_schema import pictures
from tests.builders import DAILY, NOW, article, fill, inserting, picture, provider
from tests.feed_places import clear_marks, list_marked, list_marks, place


def size_of(_):
    """Return the size of a feed: the newest two that are recent, and no older ones."""
    return FeedSize(least=0, most=2)


def evicted(store, **limits):
    """Evict copies and return their names."""
    names = []
    evict_pictures(store, remove=names.extend, size_of=size_of, **limits)
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
        evict_pictures(store, max_bytes=0, before=NOW, size_of=size_of, remove=fail)
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
    forget_idle_pictures(store, NOW - timedelta(days=5), removed.extend, size_of=size_of, now=NOW)
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


def test_a_copy_that_a_feed_shows_stays(store):
    """Whatever it takes and however long ago it was looked at; others of the feed's articles go."""
    fill(store, *(article(n) for n in range(1, 5)))
    place(store, "ml/articles", "id-1", "id-2", "id-3")
    save_pictures(store, [picture(n, days=9 - n) for n in range(1, 5)])
    note_picture_uses(store, {(f"h{n}", f"id-{n}", "daily.example") for n in range(1, 5)}, (), NOW)
    clear_marks(store)
    assert evicted(store, max_bytes=0, before=NOW) == ["h3.jpg", "h4.jpg"]
    assert list_marked(store, MarkKind.ARTICLE) == ["id-3", "id-4"]
    assert measure_cache(store) == 200
    assert evicted(store, max_bytes=0, before=None) == ["h1.jpg", "h2.jpg"]


def test_a_full_cache_is_not_searched_again_at_once(store):
    """Where all copies are in use, more time has to pass the more there are."""
    fill(store, article(1), article(2))
    place(store, "ml/articles", "id-1")
    save_pictures(store, [picture(1, days=1)])
    note_picture_uses(store, {("h1", "id-1", "daily.example")}, (), NOW - timedelta(days=1))
    assert evicted(store, max_bytes=0, before=NOW) == []
    save_pictures(store, [picture(2, days=1)])
    assert evicted(store, max_bytes=0, before=NOW + timedelta(milliseconds=1)) == []
    assert evicted(store, max_bytes=0, before=NOW + timedelta(seconds=1)) == ["h2.jpg"]


def test_what_the_cache_takes_is_always_known(store):
    """However pictures and copies come, are shared, change, and go."""
    draw = Random(15)
    fill(store, *(article(n) for n in range(9)))
    for turn in range(60):
        now = NOW + timedelta(minutes=turn)
        number, file = draw.randrange(9), draw.choice([None, "a.jpg", "b.jpg", "c.jpg"])
        if draw.random() < 0.7:
            size = {"a.jpg": 100, "b.jpg": 250, "c.jpg": 40}.get(file)
            save_pictures(store, [picture(number, file=file, size_bytes=size, used_at=now)])
        elif draw.random() < 0.7:
            evicted(store, max_bytes=draw.randrange(300), before=now)
        else:
            forget_idle_pictures(store, now - timedelta(minutes=20), lambda _: None, size_of=size_of, now=now)
        with store.reading() as connection:
            rows = connection.execute(select(pictures.c.file, pictures.c.size_bytes)).all()
        assert measure_cache(store) == sum({row.file: row.size_bytes or 0 for row in rows}.values())


def test_what_shows_a_picture_is_marked_where_that_is_new(store):
    """A copy is published once its file is written; sizes and problems are for those not looked at yet."""
    fill(store, article(1), article(2))
    fresh = picture(1, file=None, size_bytes=None)
    uses = {(identify_unread_file(fresh.url), f"id-{n}", "daily.example") for n in (1, 2)}
    note_picture_uses(store, uses, (), NOW)
    clear_marks(store)
    save_pictures(store, [fresh], looked=["id-1"])
    assert list_marks(store, MarkKind.PICTURE) == [("id-2", NOW)]
    assert list_marks(store, MarkKind.ARTICLE) == []
    clear_marks(store)
    save_pictures(store, [replace(fresh, checked_at=NOW + timedelta(days=1), used_at=NOW)])
    assert list_marks(store, MarkKind.PICTURE) == []
    later = NOW + timedelta(minutes=1)
    save_pictures(store, [picture(1)], shown_at=later)
    assert list_marks(store, MarkKind.ARTICLE) == [("id-1", later), ("id-2", later)]
    publish_at_once(store, later)
    assert list_marks(store, MarkKind.ARTICLE) == [("id-1", AT_ONCE), ("id-2", AT_ONCE)]
    clear_marks(store)
    save_pictures(store, [picture(1, used_at=later)])
    assert list_marks(store, MarkKind.ARTICLE) == []


def test_an_article_that_is_new_to_a_copied_file_is_published_anew(store):
    """It may show the copy, which came before anybody knew that it shows the file; that is once."""
    fill(store, article(1), article(2))
    save_pictures(store, [picture(1), picture(2, file=None)])
    note_picture_uses(store, {("h1", "id-1", "daily.example")}, (), NOW)
    for marked in (["id-2"], []):
        clear_marks(store)
        uses = {(hash_, f"id-{n}", "daily.example") for hash_ in ("h1", "h2") for n in (1, 2)}
        note_picture_uses(store, uses, (), NOW)
        assert list_marked(store, MarkKind.ARTICLE) == marked


def test_all_that_show_a_file_are_marked_when_it_turns_out_to_be_a_default(store):
    """The fifth article of a publisher makes it one; the sixth is nothing new."""
    fill(store, *(article(n) for n in range(1, 8)))
    for number in range(1, 5):
        note_picture_uses(store, {("h", f"id-{number}", "daily.example")}, (), NOW)
    assert list_marked(store, MarkKind.PICTURE) == []
    note_picture_uses(store, {("h", "id-5", "daily.example")}, (), NOW)
    assert list_marks(store, MarkKind.PICTURE) == [(f"id-{n}", NOW) for n in range(1, 6)]
    clear_marks(store)
    note_picture_uses(store, {("h", "id-6", "daily.example")}, (), NOW)
    assert list_marked(store, MarkKind.PICTURE) == []


def test_articles_are_marked_where_their_publisher_got_a_logo_or_lost_it(store):
    """That one was looked for again, or had another address, changes nothing that readers see."""
    fill(store, article(1), article(2, provider=provider("else.example")))
    clear_marks(store)
    logo = Logo(domain="daily.example", url="https://daily.example/l.png", checked_at=NOW)
    save_logos(store, [replace(logo, url=None, problem="none")])
    assert list_marks(store, MarkKind.ARTICLE) == []
    later = NOW + timedelta(minutes=1)
    save_logos(store, [logo], shown_at=later)
    assert list_marks(store, MarkKind.ARTICLE) == [("id-1", later)]
    clear_marks(store)
    save_logos(store, [replace(logo, url="https://daily.example/m.png", checked_at=later)])
    assert list_marks(store, MarkKind.ARTICLE) == []
    forget_lost_logos(store, ["daily.example"], NOW)
    assert list_marked(store, MarkKind.ARTICLE) == ["id-1"]
    assert list_marks(store, MarkKind.PICTURE) == [("id-1", NOW)]


def test_what_is_to_be_tried_again_is_marked_once(store):
    """However often it is said; what a wrong clock put off for years is taken up at once."""
    month = timedelta(days=31)
    for _ in range(2):
        with store.writing() as connection:
            add_marks(connection, MarkKind.PICTURE, ["id-1"])
        taken = take_picture_marks(store, now=NOW, limit=9, longest_wait=month)
        assert (taken.shown, taken.others) == ({"id-1"}, frozenset())
        finish_picture_marks(store, taken.taken, {"id-1": [NOW + timedelta(days=1)]})
    assert list_marks(store, MarkKind.PICTURE) == [("id-1", NOW + timedelta(days=1))]
    assert not take_picture_marks(store, now=NOW, limit=9, longest_wait=month).taken
    tomorrow = take_picture_marks(store, now=NOW + timedelta(days=1), limit=9, longest_wait=month)
    assert (tomorrow.shown, tomorrow.others) == (frozenset(), {"id-1"})
    long_ago = take_picture_marks(store, now=NOW - timedelta(days=99), limit=9, longest_wait=month)
    assert long_ago.others == {"id-1"}
