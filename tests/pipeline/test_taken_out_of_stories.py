"""Stories of which an article is taken out: what feeds tell of it, and where the stories stand."""

import json
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from aggregator.model import AnswerKind, Changes, SourceState
from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish import arrangement
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_decisions import answer_question
from tests.builders import NOW, article, fill, image, provider, topic
from tests.publishing_equality.subscribers import find_faults
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import World

ATOM = "{http://www.w3.org/2005/Atom}"
AT = "{http://purl.org/atompub/tombstones/1.0}"
TITLES = {
    1: ("Artificial intelligence", "saw the Kestrelholm battery plant burn before anybody else"),
    2: ("Machine learning", "forecasts smoke over the harbour until Monday"),
    4: ("Machine learning", "keeps the dockers of Port Alder at home for a week"),
    3: ("Machine learning", "wrote the songs of the Brightpath copyright verdict"),
    5: ("Machine learning", "counts the herring that pass below the Skerry bridge"),
}

BATTERIES = topic("batteries", name="Batteries", keywords=("battery",))
"""With it the first article is in as many feeds as each of the others, so that stories keep its id."""


def _id(number):
    return f"{number:08x}-0000-5000-8000-000000000000"


class ToldSite(World):
    """A site whose articles somebody brings together."""

    def __init__(self, folder):
        super().__init__(folder)
        made = self.setup.set("enrich", pages=False).set("publish", min_items=10, max_items=10)
        self.setup = replace(made, topics=(*made.topics, BATTERIES))
        self.now = NOW
        self.publish()

    def publish(self):
        """Group and publish everything."""
        StoryDesk().group_site(Site(rules=self.rules, store=self.store, now=self.now))
        assert not publish(self.look_at_site()).errors
        assert find_faults(self, is_settled=True) == []

    def tell(self, number, *, by=None, like=None, found_h=0):
        """Publish an article of a publisher of its own or of another one's, so many hours after it came out.

        It tells what the title of another one does, in words of its own, or something of its own.
        """
        title, own = (" ".join(TITLES[one]) for one in (like or number, number))
        said = f"{title}, people say. " * 4 if like is None else f"{title}, and {own}. " * 2
        made = article(
            number, id=_id(number), title=title, excerpt=said,
            at=self.now - timedelta(hours=found_h),
            provider=provider(f"site{by or number}.example"), authors=("Ann Lee",),
            images=(image(width=1200, height=675),),
        )  # fmt: skip
        fill(self.store, self.rules.judge(made, ("daily",), now=self.now))
        self.publish()

    def join(self, *numbers):
        """Have somebody say that articles tell of one event, and publish that."""
        self.answer(AnswerKind.SAME, *numbers)

    def answer(self, kind, *numbers):
        """Have somebody say so of articles, and publish that."""
        ids = tuple(map(_id, numbers))
        answer_question(self.store, ids, kind, now=self.now, answered_by="ann")
        self.publish()

    def decide(self, *verbs, number):
        """Have these decisions and no others on an article, and publish that."""
        self.wait(minutes=5)
        made = (
            Decision(
                id=f"d-{verb}", verb=verb, target=_id(number), reason="r", public_reason="Made up.",
                by="ann", at=self.now,
            )
            for verb in verbs
        )  # fmt: skip
        self.setup = replace(self.setup, decisions=tuple(made))
        self.publish()

    def assign(self, number, *topics):
        """Give an article other topics, and publish that."""
        self.wait(minutes=5)
        known = next(one for one in self.read_articles() if one.id == _id(number))
        changed = replace(known, topics=topics)
        self.store.save_poll(
            SourceState(source_id="daily", outcome="updated"), [known], lambda _: Changes(updated=(changed,))
        )
        self.publish()

    def list_items(self, folder):
        """Return the ids of a feed's items, in its order, with their updates."""
        entries = ET.parse(self.tree / folder / "atom.xml").getroot().iter(f"{ATOM}entry")
        return {one.findtext(f"{ATOM}id")[9:]: one.findtext(f"{ATOM}updated") for one in entries}

    def list_gone(self, folder):
        """Return the ids of what a feed says was taken out, which it says in each format that can."""
        found = ET.parse(self.tree / folder / "atom.xml").getroot().iter(f"{AT}deleted-entry")
        gone = {one.get("ref")[9:]: one.get("when") for one in found}
        feed = json.loads((self.tree / folder / "feed.json").read_bytes())
        told = feed.get("_deleted", {"items": []})["items"]
        assert {one["id"][9:] for one in told} == gone.keys()
        return gone


@pytest.fixture
def site(tmp_path):
    """The site, whose tree must be what a rebuild makes of the store."""
    made = ToldSite(tmp_path)
    yield made
    assert find_differences(made) == []
    made.close()


@pytest.fixture
def shared(site):
    """A story of an article of AI, and of one of Machine Learning, five minutes younger.

    The story that the second one was for itself has a tombstone from then on, where it was shown.
    """
    site.tell(1)
    site.wait(minutes=5)
    site.tell(2)
    site.join(1, 2)
    assert site.list_items("ml").keys() == site.list_items("ai").keys() == {_id(1)}
    return site


def test_a_story_that_leaves_a_topic_has_a_tombstone_there_alone(shared):
    """Its last article of the topic was withdrawn; where others are, it stays."""
    shared.decide(Verb.WITHDRAW, number=2)
    assert shared.list_gone("ml").keys() == {_id(1), _id(2)}
    assert shared.list_gone("ml/articles").keys() == shared.list_gone("all/articles").keys() == {_id(2)}
    for folder in ("all", "ai"):
        assert (shared.list_items(folder).keys(), shared.list_gone(folder).keys()) == ({_id(1)}, {_id(2)})


def test_a_story_that_is_back_in_a_topic_is_newer_than_its_tombstone(shared):
    """By an article that was not the topic's before: a reader who threw the story away takes it again."""
    shared.decide(Verb.WITHDRAW, number=2)
    gone_at = shared.list_gone("ml")[_id(1)]
    shared.assign(1, "ai", "ml")
    assert shared.list_gone("ml").keys() == {_id(2)}
    assert shared.list_items("ml")[_id(1)] > gone_at
    back = shared.list_items("ml")
    shared.wait(minutes=5)
    shared.publish()
    assert shared.list_items("ml") == back
    shared.assign(1, "ai")
    assert shared.list_gone("ml").keys() == {_id(1), _id(2)}


def test_a_story_that_is_parted_and_back_in_a_topic_is_newer_than_its_tombstone(shared):
    """Its article there became a story of its own, and then another one is the topic's."""
    shared.wait(minutes=5)
    shared.answer(AnswerKind.DIFFERENT, 1, 2)
    gone_at = shared.list_gone("ml")[_id(1)]
    assert shared.list_items("ml").keys() == {_id(2)}
    shared.assign(1, "ai", "ml")
    assert shared.list_gone("ml").keys().isdisjoint({_id(1)})
    assert shared.list_items("ml")[_id(1)] > gone_at


def test_a_restored_article_brings_its_story_back_to_the_topic(shared):
    """It has no tombstone then, and is newer than the one that it had."""
    shared.decide(Verb.WITHDRAW, number=2)
    gone_at = shared.list_gone("ml")[_id(1)]
    shared.decide(Verb.WITHDRAW, Verb.RESTORE, number=2)
    assert shared.list_gone("ml").keys() == {_id(2)}
    assert shared.list_items("ml")[_id(1)] > gone_at


def test_what_leaves_a_topic_without_being_withdrawn_has_no_tombstone(shared):
    """Nor is it new when it is back."""
    before = shared.list_items("ml")
    shared.decide(Verb.BAN, number=2)
    assert (shared.list_items("ml"), shared.list_gone("ml").keys()) == ({}, {_id(2)})
    shared.decide(number=2)
    assert shared.list_items("ml") == before


@pytest.mark.parametrize("verb", [Verb.WITHDRAW, Verb.BAN])
def test_a_story_keeps_its_place_when_its_news_is_taken_out(site, verb):
    """It moves neither down, nor up again above what readers know when the article is back."""
    for number in (1, 3, 2):
        site.tell(number)
        site.wait(hours=1)
    site.join(1, 2)
    assert [*site.list_items("ai")] == [_id(1), _id(3)]
    site.decide(verb, number=2)
    assert [*site.list_items("ai")] == [_id(1), _id(3)]
    site.decide(verb, Verb.RESTORE, number=2)
    assert [*site.list_items("ai")] == [_id(1), _id(3)]


@pytest.mark.parametrize("by", [None, 1])
def test_a_merged_story_stands_where_the_newest_of_both_stood(site, by):
    """Not by when its articles came, and also where both are one publisher's: nothing comes up, or sinks."""
    site.tell(1)
    site.wait(hours=1)
    site.tell(2, by=by, found_h=3)  # long after it was published
    site.wait(hours=1)
    site.tell(3)
    assert [*site.list_items("ai")] == [_id(3), _id(1), _id(2)]
    site.wait(hours=1)
    site.join(1, 2)
    assert [*site.list_items("ai")] == [_id(3), _id(1)]
    site.tell(4, by=by)
    site.wait(hours=1)
    site.tell(5)
    site.wait(hours=1)
    site.join(1, 4)
    assert [*site.list_items("ai")] == [_id(5), _id(1), _id(3)]


@pytest.mark.parametrize("pair", [(1, 2), (2, 4)])
def test_a_merged_story_does_not_sink_below_its_news(site, pair):
    """What another publisher said of one story stays news though the other story had that publisher first."""
    site.tell(1)
    site.wait(hours=1)
    site.tell(2)
    site.wait(hours=1)
    site.tell(3)
    site.wait(hours=1)
    site.tell(4, by=2, like=1)
    assert [*site.list_items("ai")] == [_id(1), _id(3), _id(2)]
    site.wait(hours=1)
    site.join(*pair)
    assert [*site.list_items("ai")] == [_id(1), _id(3)]
    site.wait(hours=1)
    site.assign(1, "ai", "robots")
    assert [*site.list_items("ai")] == [_id(1), _id(3)]


def test_a_story_that_took_in_a_higher_one_stands_in_its_place(site):
    """Also where the article that this stood by was its publisher's second of the story that stays."""
    site.tell(1)
    site.wait(hours=1)
    site.tell(2)
    site.wait(hours=1)
    site.tell(3)
    site.wait(hours=1)
    site.tell(4, by=1, like=2)
    assert [*site.list_items("ai")] == [_id(2), _id(3), _id(1)]
    site.wait(hours=1)
    site.join(1, 2)
    assert [*site.list_items("ai")] == [_id(1), _id(3)]
    site.decide(Verb.WITHDRAW, number=2)
    assert [*site.list_items("ai")] == [_id(1), _id(3)]


@pytest.mark.parametrize("by", [1, 4])
def test_a_story_does_not_rise_when_what_came_first_is_back(site, by):
    """What readers knew it by, as its first article then, is no news as it joined what is back."""
    site.tell(1)
    site.decide(Verb.WITHDRAW, number=1)
    site.wait(hours=2)
    site.tell(4, by=by, like=1, found_h=2)
    site.wait(hours=-1)
    site.tell(3)
    assert [*site.list_items("ai")] == [_id(3), _id(1)]
    site.wait(hours=2)
    site.decide(Verb.WITHDRAW, Verb.RESTORE, number=1)
    assert [*site.list_items("ai")] == [_id(3), _id(1)]


@pytest.mark.parametrize("batch", [1, 400])
def test_a_story_that_took_in_a_pinned_one_stands_where_that_stood_before(site, monkeypatch, batch):
    """Once the pin has ended, also where the stories were arranged one after the other."""
    monkeypatch.setattr(arrangement, "BATCH", batch)
    for number in (5, 2, 3):
        site.tell(number)
        site.wait(hours=1)
    site.tell(4, by=5, like=2)
    site.wait(hours=1)
    site.tell(1)
    pin = Decision(
        id="d-pin", verb=Verb.PIN, target=_id(2), topic="ai", until=site.now + timedelta(hours=3), reason="r",
        by="ann", at=site.now,
    )  # fmt: skip
    site.setup = replace(site.setup, decisions=(pin,))
    site.publish()
    assert [*site.list_items("ai")] == [_id(2), _id(1), _id(3), _id(5)]
    site.wait(hours=1)
    site.join(5, 2)
    assert [*site.list_items("ai")] == [_id(5), _id(1), _id(3)]
    site.wait(hours=3)
    site.publish()
    assert [*site.list_items("ai")] == [_id(1), _id(5), _id(3)]


def test_a_story_merged_in_another_topic_stays_in_its_place(site):
    """A topic that shows one of two stories has it where that stood, also after the other became part of it."""
    site.tell(1)
    site.assign(1, "ai", "batteries")
    site.wait(hours=1)
    site.tell(3)
    site.assign(3, "ai", "batteries")
    site.wait(hours=1)
    site.tell(2)
    assert [*site.list_items("batteries")] == [_id(3), _id(1)]
    site.join(1, 2)
    assert [*site.list_items("ai")] == [_id(1), _id(3)]
    assert [*site.list_items("batteries")] == [_id(3), _id(1)]


def test_a_story_does_not_rise_when_its_first_article_is_taken_out(site):
    """What follows came long ago; what comes then is news, once."""
    site.tell(1)
    site.wait(hours=1)
    site.tell(3)
    site.wait(hours=1)
    site.tell(2, by=1, like=1)
    assert [*site.list_items("ai")] == [_id(3), _id(1)]
    site.decide(Verb.WITHDRAW, number=1)
    assert [*site.list_items("ai")] == [_id(3), _id(1)]
    site.tell(4)
    site.join(2, 4)
    assert [*site.list_items("ai")] == [_id(1), _id(3)]
    site.decide(Verb.WITHDRAW, Verb.RESTORE, number=1)
    assert [*site.list_items("ai")] == [_id(1), _id(3)]
