"""Why a feed shows an article or not, and what would change that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.cli.editing.explanation_summary import format_bounds
from aggregator.model import Topic
from aggregator.pipeline.explanation.feed_reasons import FeedCase, explain_feed
from aggregator.pipeline.explanation.waits import Wait
from aggregator.pipeline.publish.limit_reasons import LimitReason
from aggregator.store import FeedItem, FeedSize
from tests.builders import NOW, article, topic

SIZE = FeedSize(least=2, most=10)
WEEK = timedelta(days=7)
PLAIN = {"base": 34, "excerpt": 18, "relevance": 14}


def make_case(about=None, *, of: Topic | None = None, feed="ai/articles", **changes):
    """Return the case of an article that is the topic's and good enough."""
    values = {"feed": feed, "topic": of or topic("ai"), "article": about or article(), "size": SIZE}
    return FeedCase(**{"window": WEEK, "reason": "keyword 'ai' in title", **values, **changes})


def make_item(*, is_recent=True):
    """Return the place of an article in a feed."""
    return FeedItem(
        feed="ai/articles",
        item_id="id-1",
        sorted_at=NOW,
        published_at=NOW,
        recent_at=NOW,
        is_recent=is_recent,
    )


def test_a_shown_article_is_told_with_its_reason_place_and_end():
    """What a feed shows is in it for a reason, at a place, until it leaves the window."""
    told = explain_feed(make_case(item=make_item(), place=3, before=2))
    assert told.is_shown
    assert told.why == "keyword 'ai' in title; item 3, as long as it is recent"
    assert (told.until_at, told.may_stay) == (NOW + WEEK, False)
    assert told.changes == (
        "a limit of 2 items would leave it out",
        "6 points of quality less would take it out",
    )


def test_what_fills_a_feed_up_has_no_end():
    """An old item stays for as long as the feed has too few."""
    told = explain_feed(make_case(item=make_item(is_recent=False), place=1))
    assert told.until_at is None
    assert "`publish.min_items`" in told.why


def test_what_a_short_feed_keeps_may_stay_longer():
    """Its window ends, and it is among the items that the feed has at least."""
    told = explain_feed(make_case(item=make_item(), place=2, before=1))
    assert (told.until_at, told.may_stay) == (NOW + WEEK, True)
    assert format_bounds(told).endswith(" or longer (`publish.min_items`)")


def test_a_story_is_told_to_be_in_by_another_article():
    """A story stands in the feed of a topic that only another of its articles has."""
    told = explain_feed(make_case(of=topic("comets"), feed="comets", reason=None, item=make_item(), place=1))
    assert told.why.startswith("not by itself, but another article of its story is")
    assert told.changes == ()


@pytest.mark.parametrize(
    ("changes", "why", "change"),
    [
        (
            {"about": article(is_backlog=True)},
            "it was older than `polling.backlog_days` when it was first seen",
            "a longer `polling.backlog_days` would let in what is first seen from then on",
        ),
        (
            {"item": make_item(), "before": 12},
            "12 items come before it, and the feed shows 10",
            "`limit: 13` of the topic",
        ),
        (
            {"item": make_item(is_recent=False), "before": 2},
            "it left the window of 7 days",
            "a longer `publish.window_days`",
        ),
        ({}, "the next publication gives it its place", "`aggregator publish` does so now"),
    ],
)
def test_the_first_reason_that_keeps_an_article_out_is_told(changes, why, change):
    """Each reason comes with what would lift it."""
    told = explain_feed(make_case(**changes))
    assert not told.is_shown
    assert told.why == why
    assert change in told.changes


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"about": article(is_quarantined=True)}, "it is quarantined"),
        (
            {"of": topic("comets"), "reason": None, "refusal": "keyword 'comet', but excluded by 'cleaner'"},
            "keyword 'comet', but excluded by 'cleaner'",
        ),
        (
            {"of": topic("comets", keywords=("comet",)), "reason": None},
            "no keyword of the topic stands in its title or excerpt",
        ),
        ({"about": article(quality=66, quality_parts=PLAIN)}, "its quality is 66, 70 is needed"),
        (
            {"about": article(quality=75), "of": topic("ai", quality_threshold=80)},
            "its quality is 75, 80 is needed",
        ),
        (
            {"about": article(topics=(), quality=22, quality_parts={"relevance": -30}), "topic": None},
            "its quality is 22, 70 is needed: it is on no topic",
        ),
        (
            {"about": article(quality=0, quality_parts={**PLAIN, "rule no-ads": -100})},
            "kept out by rule no-ads",
        ),
        (
            {"about": article(quality=0, quality_parts={**PLAIN, "noindex": -100})},
            "kept out by the wish of its page not to be listed (`noindex`)",
        ),
    ],
)
def test_what_keeps_an_article_out_by_its_judgement_is_told_with_remedies(changes, why):
    """What would have it judged otherwise is found by judging."""
    told = explain_feed(make_case(remedies=("what helps",), **changes))
    assert (told.is_shown, told.why, told.changes) == (False, why, ("what helps",))


HOUR = timedelta(hours=1)
DECIDED = Wait(until=NOW + 2 * HOUR, why="by decision d2", change="a sooner `hold-until` than decision d2")
RULED = Wait(until=NOW + HOUR, why="by rule slow", change="change or end rule slow", part="rule slow")
TURN = Wait(until=NOW + HOUR, why="for its turn (`max_per_hour` of its source)")
PAGE = Wait(until=NOW + timedelta(seconds=40), why="for its page to be read", may_end_sooner=True)
HELD = article(quality=0, quality_parts={**PLAIN, "weight": 10, "rule slow": -100})


@pytest.mark.parametrize(
    ("about", "waits", "why", "changes"),
    [
        (article(), (DECIDED,), "it waits until 2026-03-02T14:00:00Z by decision d2", (DECIDED.change,)),
        (HELD, (RULED,), "it waits until 2026-03-02T13:00:00Z by rule slow", (RULED.change,)),
        (
            article(),
            (TURN,),
            "it waits until 2026-03-02T13:00:00Z for its turn (`max_per_hour` of its source)",
            (),
        ),
        (article(), (PAGE,), "it waits until 2026-03-02T12:00:40Z at the latest for its page to be read", ()),
        (
            HELD,
            (DECIDED, RULED),
            "it waits until 2026-03-02T14:00:00Z by decision d2 and until 2026-03-02T13:00:00Z by rule slow",
            ("a sooner `hold-until` than decision d2 and change or end rule slow",),
        ),
        (
            HELD,
            (DECIDED, RULED, PAGE),
            (
                "it waits until 2026-03-02T14:00:00Z by decision d2, until 2026-03-02T13:00:00Z by rule slow and "
                "until 2026-03-02T12:00:40Z at the latest for its page to be read"
            ),
            (),
        ),
    ],
)
def test_a_waiting_article_is_told_until_when_and_by_what(about, waits, why, changes):
    """One sentence names every wait with its end; what would end all of them is told, if anything does."""
    told = explain_feed(make_case(about, waits=waits))
    assert (told.why, told.changes, told.since_at) == (why, changes, waits[0].until)
    assert format_bounds(told) == ""


@pytest.mark.parametrize(
    ("about", "why"),
    [
        (
            article(quality=0, quality_parts={**PLAIN, "rule slow": -120}),
            "its quality is 66, 70 is needed; it waits until 2026-03-02T13:00:00Z by rule slow",
        ),
        (
            article(quality=0, quality_parts={**PLAIN, "rule slow": -100, "decision d1": -100}),
            "kept out by decision d1; it waits until 2026-03-02T13:00:00Z by rule slow",
        ),
    ],
)
def test_what_keeps_a_waiting_article_out_anyhow_is_told_first(about, why):
    """The end of a wait would not let it in; the quality is the one that it has then."""
    told = explain_feed(make_case(about, waits=(RULED,), remedies=("what helps",)))
    assert (told.why, told.changes, told.since_at) == (why, ("what helps",), None)


def test_what_is_not_the_topics_is_not_told_to_wait():
    """It waits for nothing there, and all such feeds are told in one line."""
    told = explain_feed(make_case(article(topics=("ml",)), reason=None, waits=(DECIDED,)))
    assert told.ground == "no keyword of the topic stands in its title or excerpt"


def test_a_topic_that_delays_an_article_is_told_with_the_end_of_that():
    """The sentence says until when the limit keeps it out."""
    limit = LimitReason(
        feed="ai", limit="delay_min", why="the topic waits", change="a shorter one", until_at=NOW + HOUR
    )
    told = explain_feed(make_case(limit=limit))
    assert told.why == "the topic waits, until 2026-03-02T13:00:00Z"


def test_a_kept_out_article_is_not_told_to_be_in_the_feed_of_its_story():
    """The feed shows the story by its other articles."""
    told = explain_feed(make_case(article(quality=65), feed="ai", item=make_item(), place=14))
    assert not told.is_shown
    assert told.why == "its quality is 65, 70 is needed; its story is item 14 there without it"


def test_what_waits_is_not_told_to_be_in_the_feed_of_its_story():
    """The story is shown, and the article in it is not yet."""
    at = NOW + timedelta(minutes=1)
    told = explain_feed(make_case(feed="ai", item=make_item(), place=2, waits=(replace(PAGE, until=at),)))
    assert (told.is_shown, told.since_at) == (False, at)
    assert told.why.endswith("; its story is item 2 there without it")


def test_what_editors_took_out_of_a_topic_is_not_told_to_be_in_its_stories():
    """Its story is shown by its other articles."""
    one = article(topics=("ml",), origins={"not in ai": "rule no-ads"})
    told = explain_feed(make_case(one, feed="ai", reason=None, item=make_item(), place=3))
    assert not told.is_shown
    assert told.why == "taken out by rule no-ads; its story is item 3 there without it"
