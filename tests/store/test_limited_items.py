"""What enters a feed that shows only so many items of a provider, and what is kept out."""

from datetime import timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import KeptOut, LimitedItem, TopicLimits
from aggregator.store import MarkKind, enter_items, forget_limited_items, open_store, read_kept_out, read_note
from tests.builders import NOW
from tests.feed_places import clear_marks, list_marked
from tests.profiles import FIXTURES_SHARED

FEED = "ai/articles"


class Feed:
    """A feed of articles that enter it one after another; ``shown`` are those in it, the newest first."""

    def __init__(self, store, **limits):
        self.store = store
        self.limits = {FEED: TopicLimits(**limits)}
        self.items = {}
        self.shown = []

    def enter(self, *named, gone=()):
        """Have articles come in, each named by its provider and its time, or go; return what is shown.

        What is marked then is arranged again, as a publication does.
        """
        fresh = [make_item(name) for name in named]
        self.items |= {item.item_id: item for item in fresh}
        kept_out, ids = set(), {item.item_id for item in fresh} | set(gone)
        for one in gone:
            del self.items[one]
        while ids:
            items = [self.items[id_] for id_ in sorted(ids) if id_ in self.items]
            out = enter_items(self.store, items, self.limits, article_ids=ids, story_ids=())
            kept_out = (kept_out - ids) | {item_id for _, item_id in out}
            self.shown = [id_ for id_ in self.shown if id_ not in ids]
            self.shown += [item.item_id for item in items if item.key not in out]
            ids = set(list_marked(self.store, MarkKind.ARTICLE))
            clear_marks(self.store)
        self.shown.sort(key=lambda id_: (-self.items[id_].sorted_at.timestamp(), id_))
        return self.shown


def make_item(name):
    """Return an article that is named by its provider and its minute: ``a7`` is newer than ``b6``.

    That of the provider ``-`` is of several.
    """
    at = NOW + timedelta(minutes=int(name[1:]))
    provider = None if name[0] == "-" else name[0]
    return LimitedItem(feed=FEED, item_id=name, provider=provider, sorted_at=at, published_at=at)


def test_the_newest_of_a_provider_push_the_oldest_out(store):
    """Other providers' stay, and what left does not come back when a newer one goes."""
    feed = Feed(store, max_per_provider=2)
    assert feed.enter("a1", "a2", "b3") == ["b3", "a2", "a1"]
    assert feed.enter("a4") == ["a4", "b3", "a2"]
    assert read_kept_out(store, ["a1"]) == {(FEED, "a1"): KeptOut.PER_PROVIDER}
    assert feed.enter(gone=["a4"]) == ["b3", "a2"]
    assert feed.enter("a5") == ["a5", "b3", "a2"]


def test_an_older_item_than_so_many_does_not_enter(store):
    """It comes late, and there are as many newer ones as there may be."""
    feed = Feed(store, max_per_provider=2)
    assert feed.enter("a3", "a4") == ["a4", "a3"]
    assert feed.enter("a1") == ["a4", "a3"]


def test_what_would_be_one_too_many_in_a_row_is_kept_out(store):
    """What is there stays; another provider's item opens a new row."""
    feed = Feed(store, max_in_a_row=2)
    assert feed.enter("a1", "a2", "a3", "a4") == ["a2", "a1"]
    assert feed.enter("b5", "a6") == ["a6", "b5", "a2", "a1"]
    assert read_kept_out(store, ["a3", "a6"]) == {(FEED, "a3"): KeptOut.IN_A_ROW}


def test_what_was_kept_out_enters_when_another_stands_between(store):
    """An item that was published earlier and is found later divides the row; only so many enter."""
    feed = Feed(store, max_in_a_row=2)
    feed.enter("a1", "a2", "a4", "a5", "a6")
    assert feed.enter("b3") == ["a5", "a4", "b3", "a2", "a1"]
    assert feed.enter("-7", "a8") == ["a8", "-7", "a5", "a4", "b3", "a2", "a1"]


def test_items_of_several_providers_are_nobodys(store):
    """They are never one too many, and end a row; one that becomes such enters."""
    feed = Feed(store, max_in_a_row=1, max_per_provider=1)
    assert feed.enter("-1", "-2", "-3") == ["-3", "-2", "-1"]
    assert feed.enter("a4", "a5") == ["a4", "-3", "-2", "-1"]
    told = make_item("-5")
    grown = LimitedItem(
        feed=FEED, item_id="a5", provider=None, sorted_at=told.sorted_at, published_at=told.sorted_at
    )
    assert not enter_items(store, [grown], feed.limits, article_ids=["a5"], story_ids=())


def test_what_is_shown_stays_wherever_it_moves(store):
    """An item whose time changes is never kept out."""
    feed = Feed(store, max_in_a_row=1)
    feed.enter("a1", "b2", "a3")
    moved = make_item("a4")
    again = LimitedItem(
        feed=FEED, item_id="a1", provider="a", sorted_at=moved.sorted_at, published_at=moved.sorted_at
    )
    assert not enter_items(store, [again], feed.limits, article_ids=["a1"], story_ids=())


def test_what_entered_is_forgotten_with_other_limits(store):
    """The note of them is kept by the same transaction."""
    feed = Feed(store, max_in_a_row=1)
    feed.enter("a1", "a2")
    forget_limited_items(store, [FEED], note=("limits", "{}"))
    assert read_kept_out(store, ["a2"]) == {}
    assert read_note(store, "limits") == "{}"


def test_an_article_and_a_story_of_one_id_are_two(store):
    """What is known of the article stays where the story of that id is gone, and the reverse."""
    feed = Feed(store, max_in_a_row=1)
    feed.enter("a1", "a2")
    assert not enter_items(store, [], feed.limits, article_ids=(), story_ids=["a2"])
    assert set(read_kept_out(store, ["a2"])) == {(FEED, "a2")}
    assert not enter_items(store, [], feed.limits, article_ids=["a2"], story_ids=())
    assert read_kept_out(store, ["a2"]) == {}


NAMES = st.lists(st.tuples(st.sampled_from("ab-"), st.integers(0, 30)), min_size=1, max_size=15, unique=True)
BATCHES = st.lists(st.integers(1, 4), min_size=15, max_size=15)


def split(names, sizes):
    """Yield the names in batches of these sizes."""
    rest = [f"{letter}{number}" for letter, number in names]
    for size in sizes:
        if rest:
            yield rest[:size]
        rest = rest[size:]


@pytest.fixture(scope="module")
def fresh_store(tmp_path_factory):
    """Return what gives an empty store: one for all examples, emptied."""
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('limits')}/store.db") as opened:
        yield opened


def empty(store):
    """Forget all that entered, and all marks."""
    forget_limited_items(store, [FEED], note=("limits", ""))
    clear_marks(store)


@settings(suppress_health_check=FIXTURES_SHARED)
@given(NAMES, BATCHES, st.integers(1, 3))
def test_no_row_is_too_long_and_none_could_be_longer(fresh_store, names, sizes, most):
    """In whatever order items come: no row is too long, none that was shown leaves, none waits needlessly."""
    empty(fresh_store)
    feed = Feed(fresh_store, max_in_a_row=most)
    before = set()
    for batch in split(names, sizes):
        shown = list(feed.enter(*batch))
        rows = [(letter, len(list(row))) for letter, row in groupby(shown, key=lambda name: name[0])]
        assert all(count <= most for letter, count in rows if letter != "-")
        assert before <= set(shown)
        before = set(shown)
    for name in set(feed.items) - before:
        letters = "".join(one[0] for one in sorted({*before, name}, key=lambda id_: (-int(id_[1:]), id_)))
        assert name[0] * (most + 1) in letters


@settings(suppress_health_check=FIXTURES_SHARED)
@given(NAMES, BATCHES, st.integers(1, 3), st.one_of(st.none(), st.integers(1, 3)))
def test_no_provider_has_too_many_and_nothing_comes_back(fresh_store, names, sizes, most, in_a_row):
    """In whatever order items come: what left once is never shown again."""
    empty(fresh_store)
    feed = Feed(fresh_store, max_per_provider=most, max_in_a_row=in_a_row)
    left, before = set(), set()
    for batch in split(names, sizes):
        shown = set(feed.enter(*batch))
        assert all(sum(name[0] == letter for name in shown) <= most for letter in "ab")
        assert not shown & left
        left |= before - shown
        before = shown
