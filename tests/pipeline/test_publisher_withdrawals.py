"""What publishers want out of feeds: at once, from a time on, and back again."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.cadence import make_page_gone, note_page
from aggregator.model import PageState, Wishes, revise
from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.publish.publication import publish
from aggregator.store import (
    Edit,
    find_article,
    note_disappearance,
    read_disappearances,
    reject_withdrawal,
    save_check,
    save_enriched,
)
from tests.builders import article, image, insert_articles, provider
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import World

HOUR = timedelta(hours=1)
ID = "00000001-0000-5000-8000-000000000000"


@pytest.fixture
def world(tmp_path):
    """A site that has published an article, and withdraws what its publisher withdrew."""
    made = World(tmp_path)
    made.setup = made.setup.set("publish", min_items=0, disappeared="withdraw").set("enrich", pages=False)
    found = article(
        1, at=made.now, id=ID, source_id="daily", stated_at=made.now, provider=provider(),
        title="Artificial intelligence foretells a storm", excerpt="The storm was long foreseen. " * 5,
        web_url="https://daily.example/1", images=(image(1, width=640, height=360),),
    )  # fmt: skip
    insert_articles(made.store, [made.rules.judge(found, ["daily"], now=made.now)])
    assert shows(made)
    yield made
    made.close()


def shows(world):
    """Publish, and tell whether the feed of articles has it; the tree is as it would be built anew."""
    publish(world.look_at_site())
    assert find_differences(world) == []
    return bool(json.loads((world.tree / "ai" / "articles" / "feed.json").read_bytes())["items"])


def lose(world):
    """Have its page answer 410 twice."""
    assert shows(world)
    lose_again(world)


def lose_again(world):
    """Have its page answer 410 twice, whether it is shown or not."""
    note_disappearance(world.store, make_page_gone(ID, "daily", now=world.now), now=world.now)
    ask(world, PageState.GONE)


def ask(world, page):
    """Have its page asked for, with this answer."""
    (one,) = read_disappearances(world.store, ID)
    assert save_check(world.store, one, note_page(one, page, now=world.now), now=world.now)


def told(world):
    """Return what the feed of changes says, the newest first."""
    text = (world.tree / "ai" / "changes.atom").read_text("utf-8")
    reasons = ("Its publisher has removed it.", "Its publisher shows it again.")
    return [one for one in text.replace("<", ">").split(">") if any(reason in one for reason in reasons)]


def test_what_is_withdrawn_comes_back(world):
    """Each time with a word in the feed of changes; withdrawn once more, with another."""
    lose(world)
    assert not shows(world)
    ask(world, PageState.THERE)
    assert (shows(world), len(told(world))) == (True, 2)
    world.wait(hours=1)
    lose(world)
    assert (shows(world), len(told(world))) == (False, 3)


def test_settings_decide_what_is_done(world):
    """Changed, they hold for what had disappeared, too."""
    lose(world)
    assert not shows(world)
    for value, is_shown in (("propose", True), ("withdraw", False), ("ignore", True)):
        world.setup = world.setup.set("publish", disappeared=value)
        world.wait(hours=1)
        assert shows(world) is is_shown
        tombstones = (world.tree / "ai" / "articles" / "atom.xml").read_text("utf-8").count("deleted-entry ")
        assert tombstones == (not is_shown)


def test_what_is_refused_stays(world):
    """Though its page is gone."""
    lose(world)
    assert not shows(world)
    assert reject_withdrawal(world.store, ID, now=world.now) == 1
    assert shows(world)
    assert reject_withdrawal(world.store, ID, now=world.now) == 0


def test_a_decision_does_not_bring_it_back(world):
    """One that ends, or is on something else: subscribers are told nothing."""
    lose(world)
    assert not shows(world)
    shared = {"target": ID, "reason": "why", "by": "anna", "at": world.now}
    for verb in (Verb.RETITLE, Verb.WITHDRAW):
        one = Decision(id=verb.value, verb=verb, value="Decided", **shared)
        world.setup = replace(world.setup, decisions=(one,))
        assert not shows(world)
        world.setup = replace(world.setup, decisions=())
        assert not shows(world)
    assert (len(told(world)), count_entries(world)) == (1, 1)


def decide(world, *reasons):
    """Have an editor withdraw the article for each of these reasons, and decide nothing else."""
    shared = {"verb": Verb.WITHDRAW, "target": ID, "reason": "why", "by": "anna", "at": world.now}
    made = (Decision(id=reason, public_reason=reason, **shared) for reason in reasons)
    world.setup = replace(world.setup, decisions=tuple(made))
    world.wait(minutes=5)


def read_tombstone(world):
    """Return what the feed of articles says of why the article is gone."""
    (gone,) = json.loads((world.tree / "ai" / "articles" / "feed.json").read_bytes())["_deleted"]["items"]
    return gone["reason"]


def test_the_reason_follows_who_keeps_it_out(world):
    """An editor beside its publisher is told where the publisher shows it again, and the other way round."""
    lose(world)
    assert not shows(world)
    decide(world, "Made up.")
    assert not shows(world)
    assert read_tombstone(world) == "Its publisher has removed it."
    ask(world, PageState.THERE)
    assert not shows(world)
    assert read_tombstone(world) == "Made up."
    world.wait(hours=1)
    lose_again(world)
    assert not shows(world)
    assert read_tombstone(world) == "Made up."
    decide(world)
    assert not shows(world)
    assert read_tombstone(world) == "Its publisher has removed it."
    ask(world, PageState.THERE)
    assert (shows(world), len(told(world)), count_entries(world)) == (True, 3, 4)


def count_entries(world):
    """Return of how many changes the feed of changes tells."""
    return (world.tree / "ai" / "changes.atom").read_text("utf-8").count("<entry>")


def limit(world, until_at):
    """Have its page say until when it is to be listed."""
    before = find_article(world.store, ID)
    found = revise(before, wishes=Wishes(unavailable_at=until_at))
    after = world.rules.judge(found, ["daily"], now=world.now)
    assert save_enriched(world.store, Edit(before=before, after=after, carriers=("daily",)), {})


def test_it_leaves_at_the_time_that_its_page_says(world):
    """By itself, and is back where the clock is set back; a later time holds, too."""
    limit(world, world.now + HOUR)
    assert shows(world)
    world.wait(minutes=60)
    assert not shows(world)
    assert find_article(world.store, ID).quality_parts["unavailable"] == -100
    world.wait(minutes=-1)
    assert shows(world)
    world.wait(minutes=1)
    assert not shows(world)
    limit(world, world.now + HOUR)
    assert shows(world)


def test_a_permission_outweighs_it(world):
    """``reuse: granted`` of its publisher."""
    limit(world, world.now)
    assert not shows(world)
    world.setup = world.setup.__class__(
        settings=world.setup.settings, providers=(provider("daily.example", is_reuse_granted=True),)
    )
    assert shows(world)
