"""A plan says what happens then: its prediction is compared with the feeds that are published."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from aggregator.cli.editing.plan_report import describe_plan, render_page, report_plan
from aggregator.errors import StoreError
from aggregator.model import AnswerKind, Grouping, pair_of
from aggregator.model.curation import EditorRule, Effects
from aggregator.model.decisions import Decision, Verb
from aggregator.model.feed_differences import FeedDifference, ItemChange
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.plan import FeedPlan, compare_feeds, make_plan
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_decisions import answer_question
from aggregator.store import read_last_turn, read_story_ids, save_grouping, sync_sources
from tests.builders import article, insert_articles, provider
from tests.profiles import repeat
from tests.publishing_equality.arrivals import DOMAINS, EVENTS, SUBJECTS, add_articles
from tests.publishing_equality.decisions import decide, take_back
from tests.publishing_equality.regrouping import group_articles
from tests.publishing_equality.settings import change_rules, change_topics
from tests.publishing_equality.world import SOURCES, TOPICS, World

CHANGES = repeat(15, large=1_000)
VALUES: dict[tuple[str, str], tuple[object, ...]] = {
    ("publish", "window_days"): (1, 3, 7, 30),
    ("publish", "max_items"): (2, 3, 5, 20),
    ("publish", "min_items"): (0, 1, 2),
    ("polling", "backlog_days"): (1, 3, 30),
    ("enrich", "pages"): (True, False),
}


def _change_words(world: World, rng: Random) -> None:
    """The operator has a topic look for other words."""
    topics = list(world.setup.topics)
    place = rng.randrange(len(topics)) if topics else None
    if place is None:
        return
    words = tuple(rng.sample((*SUBJECTS, *EVENTS[0].split()[:2]), rng.randint(1, 3)))
    key = rng.choice(("keywords", "require", "exclude"))
    topics[place] = replace(topics[place], **{key: words})
    world.setup = replace(world.setup, topics=tuple(topics))


def _change_sources(world: World, rng: Random) -> None:
    """The operator gives a source another weight, or removes it."""
    kept = [one for one in world.setup.sources if len(world.setup.sources) == 1 or rng.random() < 0.8]
    changed = tuple(replace(one, weight=rng.choice((0, 5, -9, one.weight))) for one in kept)
    world.setup = replace(world.setup, sources=changed or SOURCES)


def _change_settings(world: World, rng: Random) -> None:
    """The operator gives a setting another value."""
    (section, key), values = rng.choice(sorted(VALUES.items()))
    world.setup = world.setup.set(section, **{key: rng.choice(values)})


KINDS = (
    _change_words, change_topics, _change_sources, _change_settings, change_rules, decide, decide, take_back,
)  # fmt: skip


def _read_published(world: World) -> dict[str, dict[str, object]]:
    """Return by feed the items that its file has, by id, in order; of configured topics alone."""
    topic_ids = ["all", *(topic.id for topic in world.setup.topics)]
    found = {}
    for feed in (name for topic_id in topic_ids for name in (topic_id, f"{topic_id}/articles")):
        items = json.loads((world.tree / feed / "feed.json").read_bytes())["items"]
        found[feed] = {item["id"].rpartition(":")[2]: item for item in items}
    return found


def _publish(world: World) -> dict[str, dict[str, object]]:
    sync_sources(world.store, world.setup.sources, now=world.now)
    StoryDesk().group_site(Site(rules=world.rules, store=world.store, now=world.now))
    done = publish(world.look_at_site())
    assert not done.errors
    return _read_published(world)


def _foresee(plan: FeedPlan, before: dict[str, dict[str, object]]) -> dict[str, set[str]]:
    """Return what each feed is to show, by what it shows and the plan."""
    differences = {one.feed: one for one in plan.feeds}
    found = {}
    for feed in {**before, **differences}:
        one = differences.get(feed, FeedDifference(feed=feed, before=0, after=0))
        left = {item.item_id for item in one.leaving}
        assert left <= set(before.get(feed, ()))
        found[feed] = set(before.get(feed, ())) - left | {item.item_id for item in one.entering}
    return {feed: ids for feed, ids in found.items() if ids}


@pytest.fixture
def world(tmp_path):
    """A site in a folder."""
    made = World(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(CHANGES))
def test_what_is_planned_is_what_happens(world, seed):
    """After random changes of what operators and editors write, feeds hold and say what the plan told."""
    rng = Random(seed)
    for _ in range(rng.randint(4, 12)):
        add_articles(world, rng)
        world.wait(hours=rng.choice((0, 1, 5, 30)))
        if rng.random() < 0.7:
            group_articles(world, rng)
    for _ in range(rng.choice((0, 2))):
        change_topics(world, rng)
    if rng.random() < 0.5:
        decide(world, rng)
    before = _publish(world)
    in_force = world.setup.make_config(world.tree)
    for change in rng.choices(KINDS, k=rng.randint(1, 3)):
        change(world, rng)
    stored = Path(world.url.removeprefix("sqlite:///")).read_bytes()
    planned = world.setup.make_config(world.tree)
    plan = make_plan(world.store.url, before=in_force, after=planned, now=world.now)
    assert Path(world.url.removeprefix("sqlite:///")).read_bytes() == stored
    after = _publish(world)
    assert _foresee(plan, before) == {feed: set(ids) for feed, ids in after.items() if ids}
    kept = {one.feed: {item.item_id for item in one.moving} for one in plan.feeds}
    for feed, ids in after.items():
        stays = set(before.get(feed, ())) & set(ids) - kept.get(feed, set())
        assert [i for i in before.get(feed, ()) if i in stays] == [i for i in ids if i in stays]
    changing = {one.feed: {item.item_id for item in one.changing} for one in plan.feeds}
    for feed, items in after.items():
        both = items.keys() & before.get(feed, {}).keys()
        assert {i for i in both if items[i] != before[feed][i]} == changing.get(feed, set())
    assert all(item.because for one in plan.feeds for item in one.changes)
    assert all(item.title for one in plan.feeds for item in one.changes)


def _changes(**places):
    """Return changes of items, each with its places before and after."""
    return tuple(ItemChange(item_id=id_, before=b, after=a) for id_, (b, a) in places.items())


def test_feeds_are_compared_by_what_they_show():
    """Entering and leaving items have their places in the feed; feeds that are equal are left out."""
    found = compare_feeds(
        {"ai": ["a", "b", "c"], "ml": ["x"]}, {"ai": ["n", "b", "c"], "ml": ["x"], "new": ["y"]}
    )
    assert found == [
        FeedDifference(
            feed="ai", before=3, after=3, entering=_changes(n=(None, 1)), leaving=_changes(a=(1, None))
        ),
        FeedDifference(feed="new", before=0, after=1, entering=_changes(y=(None, 1))),
    ]


@pytest.mark.parametrize(
    ("before", "after", "moving"),
    [
        ("abcde", "ebcda", {"e": (5, 1), "a": (1, 5)}),
        ("abcde", "bcdea", {"a": (1, 5)}),
        ("abcde", "eabcd", {"e": (5, 1)}),
        ("abcde", "xacbde", {"c": (3, 2)}),
        ("abc", "abc", {}),
    ],
)
def test_as_few_items_move_as_explain_the_order(before, after, moving):
    """One that goes from the top to the end moves, and not all others; those that enter move nothing."""
    found = {
        c.item_id: (c.before, c.after) for d in compare_feeds({"f": before}, {"f": after}) for c in d.moving
    }
    assert found == moving


def _plan(world, planned):
    return make_plan(
        world.store.url,
        before=world.setup.make_config(world.tree),
        after=planned.make_config(world.tree),
        now=world.now,
    )


def _fill(world):
    """Have six articles published, each of another source and a day older than the one before."""
    titles = ("storm", "verdict", "strike", "rocket", "comet", "harvest")
    made = (
        article(
            number, at=world.now - timedelta(days=number), source_id=SOURCES[number % 3].id, provider=provider(DOMAINS[number % 4]),
            title=f"Artificial intelligence foretells a {title}", enriched_at=world.now, stated_at=world.now,
            excerpt=f"What the {title} meant to those who saw it was told in long reports that came out the same evening.",
        )
        for number, title in enumerate(titles)
    )  # fmt: skip
    insert_articles(world.store, [world.rules.judge(one, [one.source_id], now=world.now) for one in made])
    before = _publish(world)
    assert len(before["ai/articles"]) > 3
    return before


def test_a_plan_without_a_change_is_empty(world):
    """What is in force changes nothing, whatever waits to be published."""
    _fill(world)
    add_articles(world, Random(2))
    assert _plan(world, world.setup).feeds == ()


def test_what_feeds_say_of_themselves_is_told(world):
    """Titles and addresses of all feeds, the description of one topic's; no item enters or leaves for that."""
    _fill(world)
    site = {"title": "Another Site", "base_url": "https://else.example.org"}
    ai = replace(TOPICS[0], description="Of AI alone.")
    planned = replace(world.setup.set("site", **site), topics=(ai, *TOPICS[1:]))
    plan = _plan(world, planned)
    count = 2 * len(TOPICS) + 2
    summary, *lines = describe_plan(plan)
    assert f"all {count} feeds change their titles; all {count} feeds change their addresses" in summary
    assert lines[:3] == [
        f"all {count} feeds change their titles: The Site -> Another Site",
        f"all {count} feeds change their addresses: https://feeds.example.org/all/ -> https://else.example.org/all/",
        "2 feeds change their descriptions (ai, ai/articles): none -> Of AI alone.",
    ]
    assert [(one["part"], len(one["feeds"])) for one in json.loads(report_plan(plan))["heads"]] == [
        ("title", count), ("address", count), ("description", 2),
    ]  # fmt: skip
    assert "https://else.example.org/all/" in render_page(plan).decode()
    assert not any(feed.entering or feed.leaving for feed in plan.feeds)
    assert not plan.is_empty


@pytest.mark.parametrize(
    ("section", "key", "value", "reason"),
    [
        ("publish", "window_days", 1, "settings publish.window_days"),
        ("publish", "max_items", 2, "settings publish.max_items"),
    ],
)
def test_settings_are_named_as_what_does_it(world, section, key, value, reason):
    """Where nothing about an article changed, the setting that takes it out is told."""
    world.setup = world.setup.set("publish", max_items=50, min_items=0)
    _fill(world)
    plan = _plan(world, world.setup.set(section, **{key: value}))
    left = [item.because for one in plan.feeds for item in one.leaving]
    assert left
    assert set(left) == {(reason,)}


def test_topics_and_sources_are_named_as_what_does_it(world):
    """Another weight of a source, and other words of a topic."""
    _fill(world)
    light = replace(world.setup, sources=tuple(replace(s, weight=-50) for s in world.setup.sources))
    assert {r for d in _plan(world, light).feeds for i in d.leaving for r in i.because} == {
        "source daily",
        "source weekly",
        "source wire",
    }
    topics = tuple(replace(t, exclude=("rocket",)) if t.id == "ai" else t for t in world.setup.topics)
    changes = [i for d in _plan(world, replace(world.setup, topics=topics)).feeds for i in d.leaving]
    assert {(change.title, change.because) for change in changes} == {
        ("Artificial intelligence foretells a rocket", ("topic ai",))
    }


@pytest.mark.parametrize("then", [Effects(drop=True), Effects(quality=-40), Effects(remove_topic=("ai",))])
def test_rules_are_named_as_what_does_it(world, then):
    """Whether they drop an article, take points from it, or take it out of a topic; others are not named."""
    calm = EditorRule(id="calm", when=('title.contains("intelligence")',), then=Effects(quality=1))
    world.setup = replace(world.setup, rules=(calm,))
    _fill(world)
    rule = EditorRule(id="no-rockets", when=('title.contains("rocket")',), then=then)
    plan = _plan(world, replace(world.setup, rules=(calm, rule)))
    left = [item for one in plan.feeds for item in one.leaving if one.feed == "ai/articles"]
    assert [(item.title, item.because) for item in left] == [
        ("Artificial intelligence foretells a rocket", ("rule no-rockets",))
    ]


def _decide(world, verb, target, value=None):
    one = Decision(id=f"d-{verb}", verb=verb, target=target, value=value, reason="r", by="ann", at=world.now)
    return replace(world.setup, decisions=(one,))


def test_an_article_that_is_called_otherwise_changes(world):
    """In each feed that shows it, with its new title and the decision; at its place, which it keeps."""
    _fill(world)
    plan = _plan(world, _decide(world, Verb.RETITLE, "id-3", "Rocket comes down"))
    (story_id,) = read_story_ids(world.store, ["id-3"]).values()
    changing = [
        (one.feed, i.item_id, i.before == i.after, i.because) for one in plan.feeds for i in one.changing
    ]
    assert changing == [
        (feed, "id-3" if feed.endswith("/articles") else story_id, True, ("decision d-retitle",))
        for feed in ("all", "all/articles", "ai", "ai/articles")
    ]
    assert {i.title for one in plan.feeds for i in one.changing if i.item_id == "id-3"} == {
        "Rocket comes down"
    }
    assert all(one.changes == one.changing for one in plan.feeds)


def test_a_story_that_names_a_retitled_one_as_related_changes(world):
    """By the decision: its item says something else, too."""
    _fill(world)
    ids = ("id-1", "id-3")
    answer_question(world.store, ids, AnswerKind.DIFFERENT, now=world.now, answered_by="ann")
    _publish(world)
    stories = read_story_ids(world.store, ids)
    links = ((*pair_of(stories["id-1"], stories["id-3"]), 0.5),)
    save_grouping(world.store, Grouping(since_turn=read_last_turn(world.store), links=links))
    _publish(world)
    plan = _plan(world, _decide(world, Verb.RETITLE, "id-2", "Strike ends"))
    changing = {(one.feed, i.item_id): i.because for one in plan.feeds for i in one.changing}
    assert changing["all", stories["id-1"]] == ("decision d-retitle",)
    assert set(changing.values()) == {("decision d-retitle",)}


def test_a_story_that_loses_an_article_changes(world):
    """It stays in the feeds of stories, and the article leaves those of articles."""
    _fill(world)
    ids = ("id-1", "id-3")
    answer_question(world.store, ids, AnswerKind.SAME, now=world.now, answered_by="ann")
    _publish(world)
    (story_id,) = set(read_story_ids(world.store, ids).values())
    plan = _plan(world, _decide(world, Verb.WITHDRAW, "id-1"))
    changing = [(one.feed, i.item_id, i.because) for one in plan.feeds for i in one.changing]
    assert changing == [(feed, story_id, ("decision d-withdraw",)) for feed in ("all", "ai")]
    assert {one.feed for one in plan.feeds if one.leaving} == {"all/articles", "ai/articles"}


@pytest.mark.parametrize("verb", [Verb.WITHDRAW, Verb.KILL, Verb.BAN])
def test_what_is_restored_is_told_by_what_restores_it(world, verb):
    """Not by the decision that took it out, which stays; nor is it where the restoring one is taken back."""
    _fill(world)
    world.setup = _decide(world, verb, "id-1")
    (out,) = world.setup.decisions
    _publish(world)
    world.now += timedelta(minutes=1)
    restored = _decide(world, Verb.RESTORE, "id-1")
    restored = replace(restored, decisions=(out, *restored.decisions))
    entering = [i for one in _plan(world, restored).feeds for i in one.entering if i.item_id == "id-1"]
    assert {one.because for one in entering} == {("decision d-restore",)}
    world.setup = restored
    _publish(world)
    leaving = [
        i
        for one in _plan(world, replace(restored, decisions=(out,))).feeds
        for i in one.leaving
        if i.item_id == "id-1"
    ]
    assert {one.because for one in leaving} == {("decision d-restore",)}


def test_only_a_database_in_a_file_is_copied(world):
    """Others are refused, and so is one that is not there, with what to do."""
    config = world.setup.make_config(world.tree)
    for url, said in (("sqlite://", "SQLite file"), (f"sqlite:///{world.tree}/none.db", "cannot be copied")):
        with pytest.raises(StoreError, match=said):
            make_plan(url, before=config, after=config, now=world.now)
