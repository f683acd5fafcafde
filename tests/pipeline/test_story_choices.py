"""What editors have lead stories, and which stories they link: what is shown then, and is made anew for it."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import feedparser
import pytest

from aggregator.model import Grouping
from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.publish.story_choices import take_up_choices
from aggregator.pipeline.records import publish_records
from aggregator.pipeline.site import Site
from aggregator.secured import SecuredKeys
from aggregator.store import (
    CHOSEN_BY,
    MarkKind,
    read_last_turn,
    read_marks,
    read_note,
    read_story_ids,
    remove_articles_before,
    save_grouping,
)
from tests.builders import article, insert_articles, member, story
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import World

HOUR = timedelta(hours=1)
STORIES = {0: (0, 1, 2), 3: (3, 4), 5: (5,)}
"""The articles of each story, by its first."""


@pytest.fixture
def world(tmp_path):
    """A site that has published three stories of six articles, with records."""
    made = World(tmp_path)
    made.setup = made.setup.set("publish", min_items=0, max_items=20, records=True).set("enrich", pages=False)
    found = [
        article(
            number, at=made.now - (9 - number) * HOUR, id=name(number), source_id="daily", stated_at=made.now,
            title=f"Artificial intelligence {number}", excerpt=f"It is number {number}. " * 9,
            web_url=f"https://daily.example/{number}", original_url=f"https://daily.example/{number}",
        )
        for number in range(6)
    ]  # fmt: skip
    insert_articles(made.store, [made.rules.judge(one, ["daily"], now=made.now) for one in found])
    group(made, STORIES)
    publish_all(made)
    yield made
    made.close()


def name(number):
    """Return the id of an article, and of the story that it began."""
    return f"{number:08x}-0000-5000-8000-000000000000"


def group(world, stories, links=()):
    """Have stories hold these articles."""
    since = read_last_turn(world.store)
    placed = [(first, number) for first, numbers in stories.items() for number in numbers]
    turns = {number: since + 2 * place for place, (_, number) in enumerate(placed, start=1)}
    members = tuple(
        member(
            name(number),
            name(first),
            turn=turns[number],
            joined_at=world.now,
            shared=() if number == first else ("words",),
        )
        for first, number in placed
    )
    kept = tuple(
        story(name(first), founded=turns[first], turn=max(turns[n] for n in numbers) + 1, last_at=world.now)
        for first, numbers in stories.items()
    )
    pairs = tuple((name(a), name(b), 0.5) for a, b in links)
    assert save_grouping(world.store, Grouping(since_turn=since, stories=kept, members=members, links=pairs))


def merge(world, gone, *numbers, into=3):
    """Have a story take in another one, and hold these articles."""
    since = read_last_turn(world.store)
    grouping = Grouping(
        since_turn=since,
        stories=(story(name(into), turn=since + 1, last_at=world.now, formed_at=world.now),),
        moved=tuple((name(number), name(into)) for number in (gone, *numbers)),
        merged=((name(gone), name(into)),),
    )
    assert save_grouping(world.store, grouping)


def decide(world, verb, number, other=None, **changes):
    """Have an editor decide on the story of an article, now."""
    count = len(world.setup.decisions)
    values = {
        "reason": "why",
        "by": "anna",
        "at": world.now + timedelta(seconds=count),
        "target": name(number),
    }
    values["value"] = None if other is None else name(other)
    one = Decision(id=f"d{count}", verb=Verb(verb), **{**values, **changes})
    world.setup = replace(world.setup, decisions=(*world.setup.decisions, one))


def publish_all(world):
    """Publish everything that changed."""
    publish(world.look_at_site())
    publish_records(world.look_at_site(), keys=SecuredKeys.of({}))


def show(world, feed="ai"):
    """Return by story the number of the article that leads it, and the stories related, after a publication.

    The tree is as it would be built anew.
    """
    publish_all(world)
    assert find_differences(world) == []
    items = json.loads((world.tree / feed / "feed.json").read_bytes())["items"]
    story_of = read_story_ids(world.store, map(name, range(7)))
    shown = {}
    for item in items:
        story_id = item["id"].removeprefix("urn:uuid:")
        others = [story_of[name(number)] for number in list_related(item)]
        related = [int(other[:8], 16) for other in others if other != story_id]
        shown[int(story_id[:8], 16)] = number_of(item["title"]), related
    return shown


def list_related(item):
    """Return the articles that an item names, of its own story and of others."""
    return [number_of(one["title"]) for one in item.get("_related", {"items": ()})["items"]]


def number_of(title):
    """Return which article has a title."""
    return int(title.split()[-1])


def test_an_article_leads_its_story_until_the_decision_ends(world):
    """Feeds, the page and records of other articles begin with it; what usually leads does so again then."""
    usual = show(world)
    assert usual == {0: (0, []), 3: (3, []), 5: (5, [])}
    decide(world, "lead", 2, until=world.now + HOUR)
    assert show(world) == {**usual, 0: (2, [])}
    page = (world.tree / "stories" / f"{name(0)}.html").read_text(encoding="utf-8")
    assert page.index("Artificial intelligence 2") < page.index("Artificial intelligence 0")
    world.wait(hours=1)
    assert show(world) == usual


def read_update(world, feed="ai"):
    """Return when the first story was updated, and the stories in their order, after a publication."""
    show(world, feed)
    items = json.loads((world.tree / feed / "feed.json").read_bytes())["items"]
    dates = {item["id"].removeprefix("urn:uuid:"): item["date_modified"] for item in items}
    return datetime.fromisoformat(dates[name(0)]), [*dates]


def test_another_lead_is_an_update_and_moves_nothing(world):
    """However it comes about that readers see another one; they never saw a later time before."""
    before, order = read_update(world)
    for verb, number in (("lead", 2), ("lead", 1), ("ban", 1), ("withdraw", 2), ("restore", 2)):
        world.wait(minutes=10)
        decide(world, verb, number)
        StoryDesk().group_site(Site(rules=world.rules, store=world.store, now=world.now))
        updated, shown = read_update(world)
        assert updated == world.now.replace(microsecond=0), (verb, number)
        assert [one for one in shown if one in order] == order
    world.wait(minutes=10)
    world.setup = replace(world.setup, decisions=())
    assert read_update(world)[0] == world.now.replace(microsecond=0) > before


def test_a_story_that_is_parted_keeps_the_headline_that_readers_know(world):
    """It is no update: the other part is the one that is new."""
    decide(world, "lead", 2)
    known = read_update(world)
    world.wait(minutes=10)
    decide(world, "split", 2, 0)
    StoryDesk().group_site(Site(rules=world.rules, store=world.store, now=world.now))
    updated, shown = read_update(world)
    assert (updated, [one for one in shown if one in known[1]]) == known
    assert show(world)[0] == (2, [])


def test_a_lead_that_is_worded_otherwise_is_an_update(world):
    """In the feed of articles as well; also where the decision is taken back."""
    for verb, number in (("retitle", 0), (None, 0), ("re-excerpt", 0)):
        world.wait(minutes=10)
        world.setup = replace(world.setup, decisions=())
        if verb:
            decide(world, verb, number, value="Artificial intelligence 0")
        for feed in ("ai", "ai/articles"):
            publish_all(world)
            items = json.loads((world.tree / feed / "feed.json").read_bytes())["items"]
            (updated,) = (item["date_modified"] for item in items if name(number) in item["id"])
            assert datetime.fromisoformat(updated) == world.now.replace(microsecond=0), (verb, feed)
    assert find_differences(world) == []


def test_the_newest_lead_that_can_be_shown_counts(world):
    """Where it is withdrawn, the one before leads; one of another topic leads here as well."""
    decide(world, "lead", 1)
    decide(world, "lead", 2)
    assert show(world)[0] == (2, [])
    decide(world, "ban", 2)
    assert show(world)[0] == (1, [])
    decide(world, "add-topic", 0, value="ml")
    assert show(world, "ml") == {0: (1, [])}


def test_a_lead_that_is_of_no_story_yet_leads_the_one_that_it_comes_to(world):
    """A decision on what is alone changes nothing, until it joins others."""
    decide(world, "lead", 5)
    before = show(world)
    merge(world, 5, 3, 4)
    assert show(world) == {0: before[0], 3: (5, [])}


def test_stories_are_linked_and_unlinked(world):
    """Both name each other, by what leads them; the newest decision on two counts, and none leaves what was."""
    group(world, {}, links=[(0, 5)])
    assert show(world) == {0: (0, [5]), 3: (3, []), 5: (5, [0])}
    decide(world, "link", 1, 4)
    assert show(world) == {0: (0, [3, 5]), 3: (3, [0]), 5: (5, [0])}
    decide(world, "lead", 3)
    assert show(world) == {0: (0, [3, 5]), 3: (3, [0]), 5: (5, [0])}
    decide(world, "unlink", 0, 5)
    assert show(world) == {0: (0, [3]), 3: (3, [0]), 5: (5, [])}
    decide(world, "unlink", 3, 2)
    assert show(world) == {0: (0, []), 3: (3, []), 5: (5, [])}
    world.setup = replace(world.setup, decisions=())
    assert show(world) == {0: (0, [5]), 3: (3, []), 5: (5, [0])}


def test_a_related_story_is_named_by_what_leads_it(world):
    """Else by the article nearest to the one that names it; in records of other articles it stands first."""
    decide(world, "link", 0, 5)
    show(world)
    assert list_related(read_item(world, 5)) == [2]
    decide(world, "lead", 1)
    show(world)
    assert list_related(read_item(world, 5)) == [1]
    (record,) = world.tree.rglob("*-2.md")
    related = [line for line in record.read_text(encoding="utf-8").splitlines() if "- title" in line]
    assert [number_of(line.strip('"')) for line in related] == [1, 0, 5]


def read_item(world, number):
    """Return an item of the feed of stories."""
    items = json.loads((world.tree / "ai" / "feed.json").read_bytes())["items"]
    return next(item for item in items if item["id"] == f"urn:uuid:{name(number)}")


def test_links_follow_stories_that_are_merged_and_articles_that_move(world):
    """A link is of the stories of today that its articles are in; of one story it is nothing."""
    decide(world, "link", 1, 5)
    assert show(world)[5] == (5, [0])
    merge(world, 0, 1, 2, 3, 4)
    assert show(world) == {3: (0, [5]), 5: (5, [3])}
    since = read_last_turn(world.store)
    parted = tuple(
        story(name(number), turn=since + turn, last_at=world.now, formed_at=world.now)
        for number, turn in ((3, 1), (1, 3))
    )
    save_grouping(world.store, Grouping(since_turn=since, stories=parted, moved=((name(1), name(1)),)))
    assert show(world)[1] == (1, [5])
    assert show(world)[5] == (5, [1])


def test_a_link_outlasts_what_it_was_named_by_only_as_the_story(world):
    """An id of a story stands for it when its first article was removed; that of another article no more."""
    decide(world, "link", 0, 3)
    decide(world, "link", 1, 5)
    assert show(world) == {0: (0, [5, 3]), 3: (3, [0]), 5: (5, [0])}
    remove_articles_before(world.store, world.now - 8.5 * HOUR)
    assert show(world) == {0: (1, [5, 3]), 3: (3, [0]), 5: (5, [0])}
    remove_articles_before(world.store, world.now - 7.5 * HOUR)
    assert show(world) == {0: (2, [3]), 3: (3, [0]), 5: (5, [])}


def test_only_what_is_decided_otherwise_is_made_anew(world):
    """What stays decided marks nothing, and asks nothing of the store where nothing was ever decided."""
    assert take_up_choices(world.look_at_site()) == 0
    decide(world, "lead", 1)
    decide(world, "link", 3, 5)
    assert take_up_choices(world.look_at_site()) == 3
    publish_all(world)
    decide(world, "lead", 4)
    assert take_up_choices(world.look_at_site()) == 1
    marks = read_marks(world.store, MarkKind.STORY, now=world.now, limit=9)
    assert [mark.key for mark in marks] == [name(3)]
    assert take_up_choices(world.look_at_site()) == 0


def test_only_links_of_stories_that_changed_are_looked_at_again(world):
    """What is grouped since moves no link unless it changes the story of an article that one names."""
    decide(world, "link", 3, 5)
    decide(world, "unlink", 0, 5)
    assert take_up_choices(world.look_at_site()) == 3
    publish_all(world)
    group(world, {3: (3, 4), 0: (0, 1, 2)})
    assert take_up_choices(world.look_at_site()) == 0
    assert json.loads(read_note(world.store, CHOSEN_BY))[1] == read_last_turn(world.store)
    merge(world, 0, 0, 1, 2, 3, 4)
    # Both are of the same two stories now, of which the newer counts.
    assert take_up_choices(world.look_at_site()) == 3
    assert show(world) == {3: (0, []), 5: (5, [])}
    group(world, {3: (3, 4, 0, 1, 2)})
    assert take_up_choices(world.look_at_site()) == 0
    remove_articles_before(world.store, world.now - 5 * HOUR)
    assert read_note(world.store, CHOSEN_BY) is None


def test_readers_are_told_once_where_they_are_given_a_reason(world):
    """The feed of changes names what leads the story and why; nothing of what is decided without a reason."""
    decide(world, "lead", 1, until=world.now + HOUR)
    decide(world, "lead", 4, public_reason="It has <b>pictures</b>.")
    decide(world, "link", 0, 5, public_reason="One trial.")
    decide(world, "lead", 5, public_reason="Alone.", target="https://nowhere.example/")
    for _ in range(2):
        show(world)
        entries = read_changes(world)
        assert [(one.title, one.link) for one in entries] == [
            ("Linked: Artificial intelligence 1", f"https://feeds.example.org/stories/{name(0)}.html"),
            ("Led otherwise: Artificial intelligence 4", f"https://feeds.example.org/stories/{name(3)}.html"),
        ]
        world.wait(hours=1)
    assert "It has &lt;b&gt;pictures&lt;/b&gt;." in entries[1].content[0].value


def read_changes(world):
    """Return the entries of the feed of changes."""
    return feedparser.parse((world.tree / "ai" / "changes.atom").read_bytes()).entries
