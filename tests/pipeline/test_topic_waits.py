"""A delay and quiet hours of a topic, as its published feeds show them."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.model import Changes, QuietHours, SourceState, TopicLimits, revise
from tests.limited_site import BETA, limited_site
from tests.publishing_equality.trees import find_differences

QUIET = TopicLimits(quiet=QuietHours(time(22), time(7), ZoneInfo("UTC")))
DELAYED = TopicLimits(delay=timedelta(minutes=30))


@pytest.fixture
def site(tmp_path):
    """A site in the evening that has published nothing yet."""
    with limited_site(tmp_path) as made:
        yield made


@pytest.mark.parametrize("feed", ["ai", "ai/articles"])
def test_a_delayed_article_enters_when_its_delay_is_over(site, feed):
    """Not a second earlier, and not later; feeds of other topics and of all show it at once."""
    site.limit(DELAYED)
    site.arrive("a1", title="artificial intelligence, machine learning")
    assert site.show(feed) == []
    assert site.show(feed.replace("ai", "ml")) == ["a1"]
    assert site.show(feed.replace("ai", "all")) == ["a1"]
    assert site.show(feed, minutes=29, seconds=59) == []
    assert site.show(feed, seconds=1) == ["a1"]


def test_an_article_of_a_story_waits_alone(site):
    """The topic shows the story without it until its delay is over, and with it from then on."""
    site.limit(DELAYED)
    site.arrive("a1")
    assert site.show("ai", minutes=31) == ["a1"]
    site.arrive("b1", BETA, story_id="a1")
    assert site.show("ai") == ["a1"]
    assert BETA not in site.read_feed("ai")
    assert BETA in site.read_feed("all")
    assert site.show("ai", minutes=30) == ["a1"]
    assert BETA in site.read_feed("ai")
    assert find_differences(site) == []


@pytest.mark.parametrize("feed", ["ai", "ai/articles"])
def test_nothing_new_enters_in_quiet_hours(site, feed):
    """What waits enters when they end, at once and in the order of time."""
    site.limit(QUIET)
    site.arrive("a1")
    assert site.show(feed, hours=1) == ["a1"]
    site.wait(hours=2)
    site.arrive("a2")
    site.wait(hours=1)
    site.arrive("b1", BETA)
    assert site.show(feed) == ["a1"]
    assert site.show(feed, hours=6, minutes=59) == ["a1"]
    assert site.show(feed, minutes=1) == ["b1", "a2", "a1"]


def test_corrections_and_removals_go_out_in_quiet_hours(site):
    """An article that is shown is edited, and another one goes."""
    site.limit(QUIET)
    site.arrive("a1")
    site.arrive("b1", BETA)
    site.show("ai/articles")
    site.wait(hours=3)
    edited = [
        revise(one, title="artificial intelligence, corrected", updated_at=site.now)
        if one.id == "a1"
        else revise(one, is_quarantined=True)
        for one in site.read_articles()
    ]
    changes = Changes(updated=tuple(edited))
    site.store.save_poll(SourceState(source_id="daily", outcome="updated"), edited, lambda _: changes)
    assert site.show("ai/articles") == ["a1"]
    assert "corrected" in site.read_feed("ai/articles")


def test_other_limits_hold_at_once(site):
    """A topic that is delayed from now on shows young articles no more, and again when it is not."""
    site.arrive("a1")
    assert site.show("ai") == ["a1"]
    site.limit(DELAYED)
    assert site.show("ai", minutes=5) == []
    site.limit(TopicLimits())
    assert site.show("ai") == ["a1"]


def test_a_clock_that_is_set_back_makes_articles_wait_again(site):
    """By the time that it shows now, as a rebuild would have it; they enter when that comes."""
    site.limit(DELAYED)
    site.arrive("a1")
    assert site.show("ai", minutes=40) == ["a1"]
    assert site.show("ai", minutes=-20) == []
    assert find_differences(site) == []
    assert site.show("ai", minutes=10) == ["a1"]
