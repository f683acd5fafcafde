"""A delay and quiet hours of a topic, as its published feeds show them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.model import Changes, Grouping, QuietHours, SourceState, TopicLimits, revise
from aggregator.pipeline.publish.publication import publish
from aggregator.store import save_grouping
from tests.builders import article, member, provider, sighting, source, story
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import World

EVENING = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
QUIET = TopicLimits(quiet=QuietHours(time(22), time(7), ZoneInfo("UTC")))
DELAYED = TopicLimits(delay=timedelta(minutes=30))
ALPHA, BETA = "alpha.example", "beta.example"


@pytest.fixture
def world(tmp_path):
    """A site in the evening that fetches no pages and has published nothing yet."""
    made = World(tmp_path)
    made.setup = made.setup.set("enrich", pages=False).set("publish", min_items=0, max_items=50)
    made.setup = replace(made.setup, sources=(source("daily", weight=50),))
    made.now = EVENING
    yield made
    made.close()


def limit(world, limits, topic_id="ai"):
    """Limit the feeds of a topic."""
    topics = tuple(replace(t, limits=limits) if t.id == topic_id else t for t in world.setup.topics)
    world.setup = replace(world.setup, topics=topics)


def arrive(world, id_, domain=ALPHA, *, story_id=None, title="artificial intelligence"):
    """Have an article come in now, as the first or another one of a story."""
    one = article(
        id=id_, provider=provider(domain), title=f"{title} {id_}", canonical_url=f"https://{domain}/{id_}",
        entry_id=id_, published_at=world.now, stated_at=world.now, updated_at=world.now, first_seen_at=world.now,
    )  # fmt: skip
    judged = world.rules.judge(one, ("daily",))
    changes = Changes(inserted=(judged,), sightings=(sighting(one),), urls={one.canonical_url: id_})
    world.store.save_poll(SourceState(source_id="daily", outcome="updated"), [one], lambda _: changes)
    group(world, id_, story_id or id_, domain)


def group(world, id_, story_id, domain):
    """Give an article its place in a story."""
    turn = world.__dict__.setdefault("turn", 0) + 2
    grouping = Grouping(
        since_turn=turn - 2,
        stories=(story(story_id, turn=turn, founded=turn - 1, last_at=world.now),),
        members=(
            member(
                id_, story_id, turn=turn, joined_at=world.now, published_at=world.now, provider=domain,
            ),
        ),
    )  # fmt: skip
    save_grouping(world.store, grouping)
    world.turn = turn


def show(world, feed, **span):
    """Let time pass, publish, and return what a feed shows then."""
    world.wait(**span)
    publish(rules=world.rules, store=world.store, now=world.now)
    items = json.loads((world.tree / feed / "feed.json").read_bytes())["items"]
    return [item["id"].removeprefix("urn:uuid:") for item in items]


def read_feed(world, feed):
    """Return the text of a feed."""
    return (world.tree / feed / "feed.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("feed", ["ai", "ai/articles"])
def test_a_delayed_article_enters_when_its_delay_is_over(world, feed):
    """Not a second earlier, and not later; feeds of other topics and of all show it at once."""
    limit(world, DELAYED)
    arrive(world, "a1", title="artificial intelligence, machine learning")
    assert show(world, feed) == []
    assert show(world, feed.replace("ai", "ml")) == ["a1"]
    assert show(world, feed.replace("ai", "all")) == ["a1"]
    assert show(world, feed, minutes=29, seconds=59) == []
    assert show(world, feed, seconds=1) == ["a1"]


def test_an_article_of_a_story_waits_alone(world):
    """The topic shows the story without it until its delay is over, and with it from then on."""
    limit(world, DELAYED)
    arrive(world, "a1")
    assert show(world, "ai", minutes=31) == ["a1"]
    arrive(world, "b1", BETA, story_id="a1")
    assert show(world, "ai") == ["a1"]
    assert BETA not in read_feed(world, "ai")
    assert BETA in read_feed(world, "all")
    assert show(world, "ai", minutes=30) == ["a1"]
    assert BETA in read_feed(world, "ai")
    assert find_differences(world) == []


@pytest.mark.parametrize("feed", ["ai", "ai/articles"])
def test_nothing_new_enters_in_quiet_hours(world, feed):
    """What waits enters when they end, at once and in the order of time."""
    limit(world, QUIET)
    arrive(world, "a1")
    assert show(world, feed, hours=1) == ["a1"]
    world.wait(hours=2)
    arrive(world, "a2")
    world.wait(hours=1)
    arrive(world, "b1", BETA)
    assert show(world, feed) == ["a1"]
    assert show(world, feed, hours=6, minutes=59) == ["a1"]
    assert show(world, feed, minutes=1) == ["b1", "a2", "a1"]


def test_corrections_and_removals_go_out_in_quiet_hours(world):
    """An article that is shown is edited, and another one goes."""
    limit(world, QUIET)
    arrive(world, "a1")
    arrive(world, "b1", BETA)
    show(world, "ai/articles")
    world.wait(hours=3)
    edited = [
        revise(one, title="artificial intelligence, corrected", updated_at=world.now)
        if one.id == "a1"
        else revise(one, is_quarantined=True)
        for one in world.read_articles()
    ]
    changes = Changes(updated=tuple(edited))
    world.store.save_poll(SourceState(source_id="daily", outcome="updated"), edited, lambda _: changes)
    assert show(world, "ai/articles") == ["a1"]
    assert "corrected" in read_feed(world, "ai/articles")


def test_other_limits_hold_at_once(world):
    """A topic that is delayed from now on shows young articles no more, and again when it is not."""
    arrive(world, "a1")
    assert show(world, "ai") == ["a1"]
    limit(world, DELAYED)
    assert show(world, "ai", minutes=5) == []
    limit(world, TopicLimits())
    assert show(world, "ai") == ["a1"]
