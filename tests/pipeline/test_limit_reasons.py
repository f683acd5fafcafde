"""What is told of a limit that keeps an article out of a feed."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.model import QuietHours, TopicLimits
from aggregator.pipeline.explanation.article_life import read_article_life
from tests.limited_site import EVENING, limited_site

NIGHT = QuietHours(time(19), time(7), ZoneInfo("UTC"))


@pytest.fixture
def site(tmp_path):
    """A site in the evening that has published nothing yet."""
    with limited_site(tmp_path) as made:
        yield made


def explain(site, id_):
    """Return by feed what is told of an article, after a publication."""
    site.show("ai")
    life = read_article_life(id_, site.look_at_site())
    return {reason.feed: reason for reason in life.feeds}


@pytest.mark.parametrize(
    ("limits", "why", "until"),
    [
        (
            TopicLimits(delay=timedelta(minutes=90)),
            "the topic shows articles 90 minutes after they were first seen",
            EVENING + timedelta(minutes=90),
        ),
        (
            TopicLimits(quiet=NIGHT),
            "nothing new enters the topic's feeds in its quiet hours",
            EVENING + timedelta(hours=11),
        ),
    ],
)
def test_why_an_article_waits_is_told(site, limits, why, until):
    """And until when; feeds of all show it."""
    site.limit(limits)
    site.arrive("a1")
    told = explain(site, "a1")
    for feed in ("ai", "ai/articles"):
        assert not told[feed].is_shown
        assert told[feed].why == f"{why}, until {until:%Y-%m-%dT%H:%M:%SZ}"
        assert told[feed].since_at == until
    assert told["all"].is_shown


@pytest.mark.parametrize(
    ("limits", "out", "why"),
    [
        (
            TopicLimits(max_in_a_row=1),
            "a2",
            "it would have been more than 1 in a row of alpha.example",
        ),
        (
            TopicLimits(max_per_provider=1),
            "a1",
            "the feed shows 1 item of alpha.example, and so many newer ones came",
        ),
    ],
)
def test_why_an_article_was_kept_out_is_told(site, limits, out, why):
    """In both feeds of the topic, with what would let it in; the other one is told as shown."""
    site.limit(limits)
    site.arrive("a1", ago=timedelta(minutes=5))
    site.arrive("a2")
    told = explain(site, out)
    for feed in ("ai", "ai/articles"):
        assert (told[feed].is_shown, told[feed].why) == (False, why)
        assert told[feed].changes[0].startswith("a higher `max_")
    other = explain(site, "a1" if out == "a2" else "a2")
    assert other["ai"].is_shown
    assert other["ai/articles"].is_shown
