"""What pages of records list, in order, and where a record is on them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.store import (
    TOP_POSITION,
    MarkKind,
    PageMark,
    RecordState,
    RecordUpdate,
    assign_record_names,
    count_listed_records,
    find_position,
    forget_page_marks,
    list_marked_topics,
    read_cooled_records,
    read_listed_records,
    read_marks,
    read_page_marks,
    read_record_states,
    restart_records,
    save_record_update,
)
from aggregator.store.marks import add_marks
from tests.builders import NOW, article, fill

# Minutes ago, three at each time: records in order are those with the least, then the least number.
MINUTES = (0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3)


def record(number, **changes):
    """Return what the record of an article of two topics says."""
    values = {
        "published_at": NOW - timedelta(minutes=MINUTES[number]),
        "heat": 70,
        "warmth": 70.5,
        "cools_at": NOW + timedelta(hours=number),
        "item": b"%d" % number,
        "topic_ids": ("ai", "all"),
    }
    return RecordState(article_id=f"id-{number:02}", **{**values, **changes})


def place(of, topic_id="all", *, moves=True):
    return PageMark(topic_id=topic_id, published_at=of.published_at, article_id=of.article_id, moves=moves)


@pytest.fixture
def filled(store):
    """A store with twelve records on the pages of all and of a topic, kept in another order."""
    states = [record(number) for number in reversed(range(12))]
    save_record_update(store, RecordUpdate(states=states, relisted=states), now=NOW)
    return store


def test_any_part_of_the_pages_is_read_from_any_place(filled):
    """Wherever the place is that is known: among records of one time, before the part or after it."""
    assert count_listed_records(filled, "all") == 12
    places = [place(record(number)) for number in range(12)]
    positions = [find_position(filled, at, after=TOP_POSITION) for at in places]
    for before, at, position in zip(positions, places[1:], positions[1:], strict=False):
        assert find_position(filled, at, after=before) == position
    assert [position.before for position in positions] == list(range(12))
    for start in range(12):
        for near in positions:
            found = read_listed_records(filled, "all", start=start, count=5, near=near)
            assert [int(listed.item) for listed in found] == list(range(start, min(start + 5, 12)))


def test_a_record_that_is_listed_elsewhere_leaves_its_old_place(filled):
    """Its row moves with its date, and goes with a topic or with the article."""
    moved = record(0, published_at=NOW - timedelta(hours=1), topic_ids=("all",))
    update = RecordUpdate(states=[moved], relisted=[moved], gone=["id-01"])
    save_record_update(filled, update, now=NOW)
    last = find_position(filled, place(moved), after=TOP_POSITION)
    assert (last.before, count_listed_records(filled, "ai")) == (10, 10)
    assert read_record_states(filled, ["id-00", "id-01"]) == {"id-00": moved}


def test_records_cool_when_they_are_due(filled):
    """Those for which it is longest first; one that never cools is not among them."""
    save_record_update(filled, RecordUpdate(states=[record(1, cools_at=None)]), now=NOW)
    found = read_cooled_records(filled, NOW + timedelta(hours=3), limit=9)
    assert found == (record(0), record(2), record(3))


def test_marks_of_pages_that_came_meanwhile_stay(store):
    """Only those up to the last one that was read are forgotten, of one topic."""
    first, other = place(record(0)), place(record(0), "ai")
    save_record_update(store, RecordUpdate(page_marks=[first, other]), now=NOW)
    last_id, marks = read_page_marks(store, "all")
    assert marks == (first,)
    second = place(record(5), moves=False)
    save_record_update(store, RecordUpdate(page_marks=[second]), now=NOW)
    forget_page_marks(store, "all", last_id)
    assert read_page_marks(store, "all")[1] == (second,)
    assert list_marked_topics(store) == ("ai", "all")


def test_all_records_are_marked_once(store):
    """Those of stored articles, and those that are left of articles that are not; no mark is there twice."""
    fill(store, article(1))
    gone = replace(record(2), article_id="gone")
    save_record_update(store, RecordUpdate(states=[gone]), now=NOW)
    assign_record_names(store, {"named": "a.md", "gone": "b.md"})
    with store.writing() as connection:
        add_marks(connection, MarkKind.RECORD, ["id-1"])
    restart_records(store, "of these rules", ())
    marks = read_marks(store, MarkKind.RECORD, now=NOW, limit=9)
    assert sorted(mark.key for mark in marks) == ["gone", "id-1", "named"]
