"""Quality, heat, and what a feed holds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.curate import Matched, heat_of, score_article, select_window
from aggregator.model import Article, Image, Provider

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
TITLED = Matched(topics=("ai",), in_title=("ai",))
MENTIONED = Matched(topics=("ai",))


def article(number=1, **changes):
    values = {
        "id": f"{number:04}", "source_id": "s", "provider": Provider(domain="d.example"), "title": "t",
        "published_at": NOW, "first_seen_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    return Article(**{**values, **changes})


COMPLETE = article(excerpt="x" * 100, images=(Image(url="https://i"),), authors=("A",), stated_at=NOW)


@pytest.mark.parametrize(
    ("given_article", "matched", "weight", "quality"),
    [
        (COMPLETE, TITLED, 0, 76),
        (COMPLETE, MENTIONED, 0, 70),
        (article(stated_at=NOW), TITLED, 0, 52),
        (COMPLETE, Matched(), 20, 52),
        (COMPLETE, Matched(is_neutral=True), 0, 70),
        (COMPLETE, TITLED, 50, 100),
        (COMPLETE, Matched(), -50, 0),
    ],
)
def test_quality_is_calibrated(given_article, matched, weight, quality):
    """A complete article on the topic is published, a bare link and an off-topic one are not."""
    scored = score_article(given_article, matched, weight=weight)
    assert scored.quality == quality
    assert min(max(sum(scored.quality_parts.values()), 0), 100) == quality
    assert scored.is_published == (quality >= 70)


def heat(quality, age):
    return heat_of(quality, published_at=NOW - age, now=NOW, half_life=2 * DAY, window=7 * DAY)


def test_heat_starts_at_quality_and_halves():
    """After a half-life one half is left; what is not published or too old is out of play."""
    assert heat(80, timedelta(0)) == heat(80, -DAY) == 80
    assert heat(80, 2 * DAY) == 40
    assert heat(69, timedelta(0)) == heat(80, 8 * DAY) == -1


def window(articles, min_items=2, max_items=100):
    return select_window(
        articles, now=NOW, window=7 * DAY, backlog=7 * DAY, min_items=min_items, max_items=max_items
    )


def test_a_feed_holds_the_window_and_a_minimum():
    """Old articles stay only where too few are recent."""
    aged = [article(n, published_at=NOW - n * DAY, first_seen_at=NOW - n * DAY) for n in range(1, 12)]
    assert [a.id for a in window(aged)] == [f"{n:04}" for n in range(1, 7)]
    assert len(window(aged, min_items=9)) == 9
    assert [a.id for a in window(aged, max_items=3)] == ["0001", "0002", "0003"]


def test_what_is_seen_late_stays_a_whole_window():
    """A subscriber who polls daily sees an article that its source showed six days late."""
    late = article(1, published_at=NOW - 12 * DAY, first_seen_at=NOW - 6 * DAY)
    assert window([late, article(2), article(3)])[-1] == late


def test_an_archive_is_not_recent_because_it_was_seen_now():
    """What was old when first seen only fills up."""
    archive = [article(n, published_at=NOW - 400 * DAY) for n in range(50)]
    assert len(window(archive)) == 2


ARTICLES = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda days: days), max_size=30
).map(
    lambda pairs: [
        article(n, published_at=NOW - max(p) * DAY, first_seen_at=NOW - min(p) * DAY)
        for n, p in enumerate(pairs)
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
