"""Quality, heat, and what a feed holds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.curate import TopicMatch, measure_heat, score_article
from aggregator.model import Image
from tests.builders import NOW, article
from tests.feed_window import select_window

DAY = timedelta(days=1)
TITLED = TopicMatch(topics=("ai",), in_title=("ai",))
MENTIONED = TopicMatch(topics=("ai",))


def numbered(number, **changes):
    """Return an article of now whose ids sort as numbers do."""
    return article(number, at=NOW, **{"id": f"{number:04}", **changes})


COMPLETE = article(excerpt="x" * 100, images=(Image(url="https://i"),), authors=("A",), stated_at=NOW)


@pytest.mark.parametrize(
    ("given_article", "matched", "weight", "quality"),
    [
        pytest.param(COMPLETE, TITLED, 0, 76, id="complete-titled"),
        pytest.param(COMPLETE, MENTIONED, 0, 70, id="complete-mentioned"),
        pytest.param(article(stated_at=NOW), TITLED, 0, 52, id="headline"),
        pytest.param(replace(COMPLETE, excerpt=None), TITLED, 0, 58, id="headline-picture-author"),
        pytest.param(article(excerpt="x" * 80, stated_at=NOW), TITLED, 0, 70, id="long-excerpt-dated"),
        pytest.param(
            article(excerpt="x" * 80, stated_at=NOW), TITLED, -1, 69, id="long-excerpt-dated-weight"
        ),
        pytest.param(article(excerpt="x" * 80), TITLED, 0, 66, id="long-excerpt-undated"),
        pytest.param(replace(COMPLETE, authors=()), TITLED, 0, 73, id="no-author"),
        pytest.param(replace(COMPLETE, images=()), TITLED, 0, 73, id="no-picture"),
        pytest.param(replace(COMPLETE, excerpt="x" * 79), TITLED, 0, 65, id="short-excerpt"),
        pytest.param(replace(COMPLETE, images=()), MENTIONED, 0, 67, id="no-picture-mentioned"),
        pytest.param(article(excerpt="x" * 79, stated_at=NOW), TITLED, 0, 59, id="short-excerpt-dated"),
        pytest.param(replace(COMPLETE, credit="The Wire"), TITLED, 0, 68, id="credited"),
        pytest.param(COMPLETE, TopicMatch(is_neutral=True), 0, 70, id="no-topics-configured"),
        pytest.param(COMPLETE, TITLED, 50, 100, id="most-with-weight"),
        pytest.param(COMPLETE, TopicMatch(), -50, 0, id="off-topic-with-weight"),
    ],
)
def test_quality_is_calibrated(given_article, matched, weight, quality):
    """A complete article on the topic is published, a bare link and an off-topic one are not."""
    scored = score_article(given_article, matched, weight=weight)
    assert scored.quality == quality
    assert min(max(sum(scored.quality_parts.values()), 0), 100) == quality
    assert scored.is_published == (quality >= 70)


@given(st.integers(-100, 150), st.booleans())
def test_what_is_on_no_topic_is_never_published(weight, is_complete):
    """No weight brings an article that belongs to no topic near the feed of all articles."""
    scored = score_article(COMPLETE if is_complete else article(), TopicMatch(), weight=weight)
    assert scored.quality == min(max(sum(scored.quality_parts.values()), 0), 49)
    assert scored.quality_parts["weight"] == weight


def heat(quality, age):
    return measure_heat(quality, age=age, half_life=2 * DAY, window=7 * DAY)


def test_heat_starts_at_quality_and_halves():
    """After a half-life one half is left; what is not published or too old is out of play."""
    assert heat(80, timedelta(0)) == heat(80, -DAY) == 80
    assert heat(80, 2 * DAY) == 40
    assert heat(80, 7 * DAY) == round(80 * 0.5**3.5)
    assert heat(69, timedelta(0)) == heat(80, 8 * DAY) == -1


@given(st.integers(70, 189), st.timedeltas(-DAY, 9 * DAY), st.timedeltas(timedelta(0), 9 * DAY))
def test_heat_only_falls(quality, age, later):
    """As time goes by the same article never becomes hotter, and it is never hotter than good."""
    assert -1 <= heat(quality, age + later) <= heat(quality, age) <= quality


def window(articles, min_items=2, max_items=100):
    return select_window(
        articles, now=NOW, window=7 * DAY, backlog=7 * DAY, min_items=min_items, max_items=max_items
    )


def test_a_feed_holds_the_window_and_a_minimum():
    """Old articles stay only where too few are recent."""
    aged = [numbered(n, published_at=NOW - n * DAY, first_seen_at=NOW - n * DAY) for n in range(1, 12)]
    assert [a.id for a in window(aged)] == [f"{n:04}" for n in range(1, 8)]
    assert len(window(aged, min_items=9)) == 9
    assert [a.id for a in window(aged, max_items=3)] == ["0001", "0002", "0003"]


def test_what_is_seen_late_stays_a_whole_window():
    """A subscriber who polls daily sees an article that its source showed six days late."""
    late = numbered(1, published_at=NOW - 12 * DAY, first_seen_at=NOW - 6 * DAY)
    assert window([late, numbered(2), numbered(3)])[-1] == late


def test_an_archive_is_not_recent_because_it_was_seen_now():
    """What was old when first seen only fills up."""
    archive = [numbered(n, published_at=NOW - 400 * DAY) for n in range(50)]
    assert len(window(archive)) == 2


def test_marked_backlog_only_fills_up():
    """What came in as backlog is not recent, even where its source gave it a recent date."""
    marked = [numbered(n, is_backlog=True) for n in range(5)]
    aged = numbered(9, published_at=NOW - 30 * DAY, first_seen_at=NOW - 30 * DAY)
    assert [a.id for a in window([*marked, aged], min_items=2)] == ["0000", "0001"]
    assert window([*marked, aged], min_items=0) == ()


def test_an_article_is_in_until_the_window_has_passed():
    """The window's last moment counts in, as it does for heat and for what the store hands out."""
    last = numbered(1, published_at=NOW - 7 * DAY, first_seen_at=NOW - 7 * DAY)
    past = replace(last, published_at=last.published_at - timedelta(seconds=1))
    assert window([last], min_items=0) == (last,)
    assert window([replace(past, first_seen_at=past.published_at)], min_items=0) == ()


DAYS_AGO = st.tuples(st.integers(-1, 20), st.integers(0, 20), st.booleans())
ARTICLES = st.lists(DAYS_AGO, max_size=30).map(
    lambda drawn: [
        numbered(n, published_at=NOW - age * DAY, first_seen_at=NOW - seen * DAY, is_backlog=is_backlog)
        for n, (age, seen, is_backlog) in enumerate(drawn)
    ]
)


@given(ARTICLES, st.integers(0, 10), st.integers(10, 40), st.randoms())
def test_a_window_loses_nothing(articles, min_items, max_items, rng):
    """Never fewer than the minimum, newest first, and the same for any order of input."""
    chosen = window(articles, min_items, max_items)
    assert min(min_items, len(articles)) <= len(chosen) <= max_items
    assert list(chosen) == sorted(chosen, key=lambda a: (-a.published_at.timestamp(), a.id))
    shuffled = list(articles)
    rng.shuffle(shuffled)
    assert window(shuffled, min_items, max_items) == chosen


@given(ARTICLES, st.integers(0, 10), st.integers(0, 40))
def test_only_the_most_items_cut_the_window(articles, min_items, max_items):
    """The limit takes the oldest away; nothing else takes a recent article out."""
    whole = window(articles, min_items)
    assert window(articles, min_items, max_items) == whole[:max_items]
    recent = {
        a.id for a in articles
        if not a.is_backlog and a.published_at >= NOW - 7 * DAY
    }  # fmt: skip
    assert recent <= {a.id for a in whole}


@given(ARTICLES, st.integers(0, 10), st.integers(0, 10))
def test_a_greater_minimum_only_adds(articles, few, more):
    """Asking for more items keeps all that a smaller minimum gave."""
    assert set(ids(window(articles, few))) <= set(ids(window(articles, few + more)))


@given(ARTICLES, st.integers(0, 10))
def test_what_was_left_out_does_not_matter(articles, min_items):
    """Choosing from what was chosen changes nothing, so that old articles may be pruned."""
    chosen = window(articles, min_items)
    assert window(chosen, min_items) == chosen


def ids(articles):
    return [a.id for a in articles]
