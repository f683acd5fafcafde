"""Marks: what is to be taken up, until it is."""

from datetime import timedelta

from aggregator.store import Mark, MarkKind, count_marks, find_newest_mark, read_marks
from aggregator.store.marks import add_marks, forget_marks
from tests.builders import NOW

RECORD = MarkKind.RECORD


def test_marks_are_read_when_they_are_due(store):
    """Those of one kind, those due longest first, no more than asked for."""
    with store.writing() as connection:
        add_marks(connection, RECORD, ["later"], due_at=NOW + timedelta(seconds=1))
        add_marks(connection, RECORD, ["b", "a"])
        add_marks(connection, MarkKind.STORY, ["other"])
    assert [mark.key for mark in read_marks(store, RECORD, now=NOW, limit=9)] == ["b", "a"]
    assert [mark.key for mark in read_marks(store, RECORD, now=NOW, limit=1)] == ["b"]
    assert count_marks(store, RECORD, now=NOW + timedelta(seconds=1)) == 3


def test_only_marks_that_were_read_are_forgotten(store):
    """What is marked again meanwhile stays marked."""
    with store.writing() as connection:
        add_marks(connection, RECORD, ["a"])
    taken = read_marks(store, RECORD, now=NOW, limit=9)
    with store.writing() as connection:
        add_marks(connection, RECORD, ["a"])
    with store.writing() as connection:
        forget_marks(connection, taken)
    (left,) = read_marks(store, RECORD, now=NOW, limit=9)
    assert left == Mark(id=left.id, kind=RECORD, key="a")
    assert left not in taken


def test_the_newest_mark_is_known_by_its_number(store):
    """Of some kinds, those that need not wait; numbers grow also where all marks before are gone."""
    with store.writing() as connection:
        add_marks(connection, RECORD, ["a", "b"])
        add_marks(connection, MarkKind.STORY, ["later"], due_at=NOW)
    kinds = (RECORD, MarkKind.STORY)
    taken = read_marks(store, RECORD, now=NOW, limit=9)
    before = find_newest_mark(store, kinds)
    assert (before, find_newest_mark(store, [MarkKind.STORY])) == (taken[-1].id, 0)
    with store.writing() as connection:
        forget_marks(connection, taken)
    assert find_newest_mark(store, kinds) == 0
    with store.writing() as connection:
        add_marks(connection, MarkKind.STORY, ["c"])
    assert find_newest_mark(store, kinds) > before
