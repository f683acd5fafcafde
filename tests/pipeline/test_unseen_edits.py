"""Judging for a plan: what no feed would show is left as it is stored."""

from dataclasses import replace

import pytest

from aggregator.model import Grouping, revise
from aggregator.model.curation import EditorRule, Effects
from aggregator.pipeline.publish.judgements import judge_again
from aggregator.pipeline.publish.publication import publish
from aggregator.store import save_grouping
from tests.builders import article, insert_articles, member, source, story
from tests.publishing_equality.world import World

IDS = [f"{number:08x}-0000-5000-8000-000000000000" for number in range(4)]
ALONE, FIRST, SECOND, POOR = IDS


@pytest.fixture
def world(tmp_path):
    """A site that published an article by itself, a story of two sources, and one that is barely good enough."""
    made = World(tmp_path)
    made.setup = made.setup.set("enrich", pages=False)
    made.setup = replace(made.setup, sources=(source("a"), source("b")))
    carried = zip(IDS, ("b", "a", "b", "a"), strict=True)
    found = [
        article(
            number, id=id_, source_id=source_id, stated_at=made.now, at=made.now, authors=("Ann Lee",),
            title=f"Artificial intelligence {number}", excerpt=f"It is number {number}. " * 9,
        )
        for number, (id_, source_id) in enumerate(carried)
    ]  # fmt: skip
    found[3] = revise(found[3], authors=())
    insert_articles(made.store, [made.rules.judge(one, [one.source_id], now=made.now) for one in found])
    placed = [(ALONE, ALONE), (FIRST, FIRST), (SECOND, FIRST), (POOR, POOR)]
    members = tuple(
        member(id_, of, turn=2 * at + 1, joined_at=made.now) for at, (id_, of) in enumerate(placed)
    )
    stories = tuple(story(id_, founded=1, turn=9, last_at=made.now) for id_ in (ALONE, FIRST, POOR))
    assert save_grouping(made.store, Grouping(since_turn=0, stories=stories, members=members))
    publish(made.look_at_site())
    yield made
    made.close()


def judge(world, **weights):
    """Return which articles are saved where these sources have other weights, in a trial."""
    before = {one.id: one.quality for one in world.read_articles()}
    assert [before[id_] for id_ in IDS] == [73, 73, 73, 70]
    sources = tuple(replace(one, weight=weights.get(one.id, 0)) for one in world.setup.sources)
    world.setup = replace(world.setup, sources=sources)
    judge_again(world.look_at_site(), is_trial=True)
    return [one.id for one in world.read_articles() if one.quality != before[one.id]]


def test_another_quality_alone_is_not_saved(world):
    """All are as good as others as before, and good enough for the same feeds."""
    assert judge(world, a=2, b=2) == []


def test_what_falls_below_a_threshold_is_saved(world):
    """The others are still in all feeds; their story has them in the same order."""
    assert judge(world, a=-1, b=-1) == [POOR]


def test_a_story_whose_articles_come_in_another_order_is_saved(world):
    """Another article may lead it; what stands by itself stays as it is stored."""
    assert judge(world, a=1) == [FIRST]
    assert judge_rest(world) == [SECOND]


def judge_rest(world):
    """Return which articles are saved where the other source has a weight as well, once the first was saved."""
    sources = tuple(replace(one, weight=5) for one in world.setup.sources)
    world.setup = replace(world.setup, sources=sources)
    before = {one.id: one.quality for one in world.read_articles()}
    judge_again(world.look_at_site(), is_trial=True)
    return [one.id for one in world.read_articles() if one.quality != before[one.id] and one.id != FIRST]


def test_what_has_other_topics_is_saved_with_its_story(world):
    """The other article of the story has another quality, which may say who leads then."""
    rule = EditorRule(
        id="less", when=('title.endsWith("1")',), then=Effects(remove_topic=(world.setup.topics[0].id,))
    )
    world.setup = replace(world.setup, rules=(rule,))
    assert judge(world, a=1, b=1) == [FIRST, SECOND]
