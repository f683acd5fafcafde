"""What editors take out of a topic: its stories there neither name nor are led by it."""

import json
from dataclasses import replace

import pytest

from aggregator.model.curation import EditorRule, Effects
from aggregator.model.decisions import Decision, Verb
from tests.limited_site import ALPHA, BETA, EVENING, GAMMA, limited_site
from tests.publishing_equality.trees import find_differences

DROP = EditorRule(
    id="no-wire", when=(f'provider.domain == "{BETA}"',), topics=("ai",), then=Effects(drop=True)
)
REMOVE = replace(DROP, topics=(), then=Effects(remove_topic=("ai",)))


def decide(verb, target, value=None):
    """Return a decision of this evening."""
    return Decision(
        id=f"{verb.value}-{target}", verb=verb, target=target, value=value, reason="r", by="anna", at=EVENING
    )


def change(site, **changed):
    """Set keys of the configuration."""
    site.setup = replace(site.setup, **changed)


def _read_title(site, feed):
    """Return the title of the first item of a feed."""
    return json.loads(site.read_feed(feed))["items"][0]["title"]


REMOVED = decide(Verb.REMOVE_TOPIC, "b1", "ai")


@pytest.fixture
def site(tmp_path):
    """A site that shows one story, of three publishers."""
    with limited_site(tmp_path) as made:
        made.arrive("a1", ALPHA)
        made.arrive("b1", BETA, story_id="a1", title="artificial intelligence, machine learning")
        made.arrive("c1", GAMMA, story_id="a1")
        assert made.show("ai") == ["a1"]
        assert BETA in made.read_feed("ai")
        yield made


@pytest.mark.parametrize(
    "changed",
    [{"rules": (DROP,)}, {"rules": (REMOVE,)}, {"decisions": (REMOVED,)}],
    ids=["drop", "remove", "decision"],
)
def test_what_is_taken_out_of_a_topic_is_not_named_in_its_stories(site, changed):
    """The story stays, and has it in other feeds and on its page; without the rule it is as before."""
    change(site, **changed)
    assert site.show("ai", minutes=1) == ["a1"]
    assert BETA not in site.read_feed("ai")
    assert GAMMA in site.read_feed("ai")
    assert BETA in site.read_feed("all")
    assert "learning b1" in (site.tree / "stories" / "a1.html").read_text(encoding="utf-8")
    assert find_differences(site) == []
    change(site, rules=(), decisions=())
    site.show("ai", minutes=1)
    assert BETA in site.read_feed("ai")
    assert find_differences(site) == []


def test_what_is_taken_out_of_a_topic_does_not_lead_there(site):
    """Editors have it lead its story: it does in the feeds of all topics alone."""
    change(site, decisions=(REMOVED, decide(Verb.LEAD, "b1")))
    assert site.show("ai", minutes=1) == ["a1"]
    assert BETA not in site.read_feed("ai")
    site.show("all")
    assert _read_title(site, "all").endswith("b1")
    assert find_differences(site) == []


def test_what_is_put_back_into_a_topic_is_named_again(site):
    """A decision after the rule has the last word."""
    change(site, rules=(DROP,), decisions=(decide(Verb.ADD_TOPIC, "b1", "ai"),))
    site.show("ai", minutes=1)
    assert BETA in site.read_feed("ai")


def test_the_first_article_taken_out_brings_nothing_old_up_again(site):
    """The story keeps its place among the others of the topic."""
    site.wait(minutes=5)
    site.arrive("a2", ALPHA)
    assert site.show("ai") == ["a2", "a1"]
    change(site, decisions=(decide(Verb.REMOVE_TOPIC, "a1", "ai"),))
    assert site.show("ai", minutes=1) == ["a2", "a1"]
    assert "intelligence a1" not in site.read_feed("ai")
    assert find_differences(site) == []


def test_what_only_its_words_keep_out_of_a_topic_is_named(site):
    """A story tells of coverage that is not on the topic by itself."""
    site.arrive("d1", "delta.example", story_id="a1", title="machine learning")
    site.show("ai", minutes=1)
    assert "delta.example" in site.read_feed("ai")
