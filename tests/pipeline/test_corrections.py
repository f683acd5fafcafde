"""Corrections on their way to subscribers: written down where they are made, then in feeds, pages and status."""

import json
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from aggregator.model import AnswerKind, Changes, SourceState
from aggregator.model.corrections import CorrectionKind, PublicCorrection
from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.explanation.subject import find_story_article, find_story_id
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_decisions import answer_question
from aggregator.store import SITE, read_corrections, read_story_ids, save_corrections
from tests.builders import HOSTILE, NOW, article, fill, image, provider, topic
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import World

ATOM = "{http://www.w3.org/2005/Atom}"
AT = "{http://purl.org/atompub/tombstones/1.0}"
TOLD = "Kestrelholm battery plant burns for a third night, as machine learning missed the alarm"
WHOLE = {
    "excerpt": "Firefighters warn of toxic smoke, and engineers ask why machine learning missed the alarm. "
    * 2,
    "authors": ("Ann Lee",),
    "images": (image(width=1200, height=675),),
}
ELSE = "Appeals court overturns the Brightpath copyright verdict over song lyrics"


class CorrectedSite(World):
    """A published site with two stories."""

    def __init__(self, folder):
        super().__init__(folder)
        self.setup = self.setup.set("enrich", pages=False).set("publish", min_items=10, max_items=10)
        self.now = NOW
        self.publish()  # rules are taken up: what comes now keeps the judgement that it has
        for number, title in ((1, TOLD), (2, ELSE)):
            domain = f"site{number}.example"
            one = article(
                number, id=_id(number), title=title, provider=provider(domain), at=NOW, topics=("ml",),
                **(WHOLE if title == TOLD else {}),
            )  # fmt: skip
            fill(self.store, one)
        self.publish()
        self.wait(minutes=5)

    def publish(self):
        """Group and publish."""
        StoryDesk().group_site(Site(rules=self.rules, store=self.store, now=self.now))
        done = publish(self.look_at_site())
        assert not done.errors

    def correct(self, kind, **changes):
        """Write down what was done with the first article, which is in feeds no more where that says so."""
        values = {
            "key": f"{kind} {self.now}", "kind": kind, "at": self.now, "topics": ("ml",), "title": TOLD,
            "reason": "It is not so.", "article_id": _id(1), "story_id": _id(1),
        }  # fmt: skip
        save_corrections(self.store, [PublicCorrection(**{**values, **changes})])
        quality = 0 if kind in (CorrectionKind.WITHDRAW, CorrectionKind.KILL) else 75
        self.judge(quality)
        self.publish()

    def judge(self, quality):
        """Give the first article another quality."""
        one = next(one for one in self.read_articles() if one.id == _id(1))
        changed = article(
            1, id=one.id, title=TOLD, provider=one.provider, at=NOW, topics=("ml",), quality=quality
        )
        self.store.save_poll(
            SourceState(source_id="daily", outcome="updated"), [one], lambda _: Changes(updated=(changed,))
        )

    def read(self, name):
        """Return a feed in Atom."""
        return ET.fromstring((self.tree / name).read_text("utf-8"))

    def titles(self, name="changes.atom"):
        """Return the titles of a feed's entries."""
        return [entry.findtext(f"{ATOM}title") for entry in self.read(name).iter(f"{ATOM}entry")]


def _id(number):
    return f"{number:08x}-0000-5000-8000-000000000000"


@pytest.fixture
def site(tmp_path):
    """The site, whose tree must be what a rebuild makes of the store."""
    made = CorrectedSite(tmp_path)
    yield made
    assert find_differences(made) == []
    made.close()


def test_a_site_without_corrections_has_empty_feeds_of_them(site):
    """They can be subscribed to before there is anything."""
    for name in ("changes.atom", "ml/changes.atom", "all/changes.atom"):
        assert site.titles(name) == []
    page = (site.tree / "ml" / "index.html").read_text("utf-8")
    assert page.count('href="../ml/changes.atom"') == 2


def test_stories_that_become_one_and_part_again(site):
    """Both are told of, with the topics that showed them, and lead to the story's page."""
    answer_question(site.store, (_id(1), _id(2)), AnswerKind.SAME, now=site.now, answered_by="ann")
    site.publish()
    (merge,) = read_corrections(site.store, SITE, 10)
    story_id = read_story_ids(site.store, [_id(1)])[_id(1)]
    assert (merge.kind, merge.topics, merge.story_id) == (CorrectionKind.MERGE, ("ml",), story_id)
    assert {merge.story_id, merge.other_id} == {_id(1), _id(2)}
    site.wait(minutes=1)
    answer_question(site.store, (_id(1), _id(2)), AnswerKind.DIFFERENT, now=site.now, answered_by="ann")
    site.publish()
    shown = [title.split(":")[0] for title in site.titles("ml/changes.atom")]
    assert shown == ["Split", "Merged"]
    assert site.titles("vision/changes.atom") == []
    links = [link.get("href") for link in site.read("ml/changes.atom").iter(f"{ATOM}link")]
    assert f"https://feeds.example.org/stories/{story_id}.html" in links


def test_stories_that_no_feed_shows_are_not_told_of(site):
    """What nobody saw needs no correction."""
    site.judge(0)
    site.publish()
    answer_question(site.store, (_id(1), _id(2)), AnswerKind.SAME, now=site.now, answered_by="ann")
    site.publish()
    assert site.titles() == []


def test_what_was_withdrawn_has_a_tombstone_in_feeds(site):
    """Its id, when, and the reason, in Atom and JSON Feed, of the article and of its story; RSS drops it."""
    site.correct(CorrectionKind.WITHDRAW)
    for folder in ("ml", "ml/articles", "all", "all/articles"):
        (gone,) = site.read(f"{folder}/atom.xml").iter(f"{AT}deleted-entry")
        assert gone.get("ref") == f"urn:uuid:{_id(1)}"
        assert gone.get("when") == site.now.replace(microsecond=0).isoformat()
        assert gone.findtext(f"{AT}comment") == "It is not so."
        assert site.read(f"{folder}/atom.xml").findtext(f"{ATOM}updated") == gone.get("when")
        (told,) = json.loads((site.tree / folder / "feed.json").read_bytes())["_deleted"]["items"]
        assert (told["id"], told["reason"]) == (gone.get("ref"), "It is not so.")
        assert _id(1) not in (site.tree / folder / "rss.xml").read_text("utf-8")
    assert "deleted-entry" not in (site.tree / "vision" / "atom.xml").read_text("utf-8")
    assert site.titles("ml/changes.atom") == [f"Withdrawn: {TOLD}"]


def test_what_was_restored_has_no_tombstone(site):
    """It is an entry again, and both are told of."""
    site.correct(CorrectionKind.WITHDRAW)
    site.wait(minutes=1)
    site.correct(CorrectionKind.RESTORE, reason=None)
    feed = (site.tree / "ml" / "atom.xml").read_text("utf-8")
    assert "deleted-entry" not in feed
    assert f"urn:uuid:{_id(1)}" in feed
    assert site.titles() == [f"Restored: {TOLD}", f"Withdrawn: {TOLD}"]


def test_a_killed_article_is_quoted_nowhere(site):
    """Nor in what was told of it before; its tombstone has no title."""
    site.correct(CorrectionKind.RETITLE)
    site.wait(minutes=1)
    assert site.titles() == [f"Retitled: {TOLD}"]
    site.correct(CorrectionKind.KILL, title="", reason=None)
    assert site.titles() == ["Removed", "Retitled"]
    files = (path for path in site.tree.rglob("*") if path.is_file())
    assert not [path for path in files if TOLD.encode() in path.read_bytes()]


def test_the_page_of_a_withdrawn_story_says_so(site):
    """It says when and why, until the story has a published article again."""
    page = site.tree / "stories" / f"{_id(1)}.html"
    answer_question(site.store, (_id(1), _id(2)), AnswerKind.SAME, now=site.now, answered_by="ann")
    answer_question(site.store, (_id(1), _id(2)), AnswerKind.DIFFERENT, now=site.now, answered_by="ann")
    site.publish()
    assert TOLD in page.read_text("utf-8")
    site.correct(CorrectionKind.WITHDRAW, had_page=True, reason="<b>Wrong</b> figures")
    assert "Withdrawn on" in page.read_text("utf-8")
    assert "&lt;b&gt;Wrong&lt;/b&gt; figures" in page.read_text("utf-8")
    page.unlink()
    site.publish()
    assert "Withdrawn on" in page.read_text("utf-8")
    site.wait(minutes=1)
    site.correct(CorrectionKind.RESTORE)
    assert "Withdrawn on" not in page.read_text("utf-8")


def test_the_page_of_two_withdrawn_articles_tells_of_both(site):
    """Each with its title, day and reason, in the order they went; of one that was killed later nothing."""
    page = site.tree / "stories" / f"{_id(1)}.html"
    answer_question(site.store, (_id(1), _id(2)), AnswerKind.SAME, now=site.now, answered_by="ann")
    site.publish()
    assert page.is_file()
    for number, reason in ((2, "Not <i>theirs</i>."), (1, "Made up.")):
        site.wait(days=1)
        made = Decision(
            id=f"d{number}", verb=Verb.WITHDRAW, target=_id(number), reason="r", public_reason=reason,
            by="ann", at=site.now,
        )  # fmt: skip
        site.setup = replace(site.setup, decisions=(*site.setup.decisions, made))
        site.publish()
        assert find_differences(site) == []
    text = page.read_text("utf-8")
    told = [ELSE, "3 Mar 2026", "Not &lt;i&gt;theirs&lt;/i&gt;.", TOLD, "4 Mar 2026", "Made up."]
    places = [text.find(one) for one in told]
    assert -1 not in places, told[places.index(-1)] + text
    assert places == sorted(places)
    assert '<h1 dir="auto">All of this story was withdrawn</h1>' in text
    site.wait(minutes=1)
    killed = replace(site.setup.decisions[0], id="d3", verb=Verb.KILL, at=site.now)
    site.setup = replace(site.setup, decisions=(*site.setup.decisions, killed))
    site.publish()
    assert ELSE not in page.read_text("utf-8")
    assert f'<h1 dir="auto">{TOLD}</h1>' in page.read_text("utf-8")


def test_a_correction_is_written_down_once(site):
    """The same key says that it is the same, however often it is taken up."""
    for _ in range(3):
        site.correct(CorrectionKind.CORRECT, key="decision 1")
    assert site.titles() == [f"Corrected: {TOLD}"]


def test_decisions_are_corrections(site):
    """What editors decide reaches subscribers with the public reason, once, and never the one for editors."""

    def decide(verb, **values):
        site.wait(minutes=1)
        made = Decision(
            id=f"d-{verb}", verb=verb, target=_id(1), reason="secret", by="ann", at=site.now, **values
        )
        site.setup = replace(site.setup, decisions=(*site.setup.decisions, made))
        site.publish()
        site.publish()

    decide(Verb.QUALITY, value="30")  # is no correction: it says nothing to readers
    assert site.titles() == []
    decide(Verb.RETITLE, value="Plant burns")
    decide(Verb.CORRECT, value="It was the second night.", public_reason="Readers told us.")
    assert site.titles("ml/changes.atom") == ["Corrected: Plant burns", "Retitled: Plant burns"]
    decide(Verb.WITHDRAW, public_reason="Made up.")
    assert site.titles()[0] == "Withdrawn: Plant burns"
    (gone,) = site.read("ml/atom.xml").iter(f"{AT}deleted-entry")
    assert gone.findtext(f"{AT}comment") == "Made up."
    decide(Verb.RESTORE)
    assert site.titles()[0] == "Restored: Plant burns"
    decide(Verb.KILL, public_reason="By order of a court.")
    assert site.titles() == ["Removed", "Restored", "Withdrawn", "Corrected", "Retitled"]
    everything = b"".join(path.read_bytes() for path in site.tree.rglob("*") if path.is_file())
    for text in (b"Plant burns", b"secret", b"second night", b"Readers told us", b"Made up"):
        assert text not in everything
    assert b"By order of a court." in (site.tree / "ml" / "changes.atom").read_bytes()


def decide_on_stories(site, verb, **values):
    """Have an editor merge the two stories, or split them, and publish that."""
    site.wait(minutes=5)
    made = Decision(
        id=f"d-{verb}",
        verb=verb,
        target=_id(1),
        value=_id(2),
        reason="secret",
        by="ann",
        at=site.now,
        **values,
    )
    site.setup = replace(site.setup, decisions=(*site.setup.decisions, made))
    site.publish()


def test_why_editors_merge_and_split_is_told(site):
    """With the public reason, where one is given."""
    for verb, reason in ((Verb.MERGE, "One fire."), (Verb.SPLIT, "Two fires."), (Verb.MERGE, None)):
        decide_on_stories(site, verb, public_reason=reason)
    told = [one.reason for one in read_corrections(site.store, SITE, 10)]
    assert told == ["Their articles tell of one event.", "Two fires.", "One fire."]
    assert "One fire." in (site.tree / "ml" / "changes.atom").read_text("utf-8")
    assert "secret" not in (site.tree / "changes.atom").read_text("utf-8")


def test_a_story_that_readers_know_takes_in_an_older_one_that_they_do_not(site):
    """Its id stays: under that of the older one it would be new to them once more."""
    site.judge(0)
    site.publish()
    add_newer(site)
    answer_question(site.store, (_id(1), _id(3)), AnswerKind.SAME, now=site.now, answered_by="ann")
    assert read_story_ids(site.store, [_id(1)]) == {_id(1): _id(3)}
    site.publish()
    assert _id(3) in {id_ for id_, _ in list_updates(site)}


TANNERY = (
    ("The canal bridge was shut, a second siren at noon",
     "A second siren at noon. Tarnbeck tannery blaze. The roof of the drying loft fell in."),
    ("Smoke over the harbour, leather works by the quay",
     "Leather works by the quay. The canal bridge was shut. Forty dyers were led out."),
    ("Leather works by the quay, crews from Osmund",
     "Crews from Osmund. The roof of the drying loft fell in. The canal bridge was shut."),
)  # fmt: skip
"""The third shows that the first two tell of one event."""


@pytest.mark.parametrize(("quality", "kept"), [(75, 4), (0, 5)])
def test_a_story_that_readers_know_takes_in_an_older_one_by_itself(site, quality, kept):
    """So it is where grouping finds that two are one: of those that readers know, the older keeps its id."""
    for number, (title, excerpt) in enumerate(TANNERY, 4):
        site.wait(minutes=5)
        told = article(
            number, id=_id(number), title=title, excerpt=excerpt, at=site.now, topics=("ml",),
            provider=provider(f"site{number}.example"), quality=quality if number == 4 else 75,
        )  # fmt: skip
        fill(site.store, told)
        site.publish()
    assert {*read_story_ids(site.store, map(_id, (4, 5, 6))).values()} == {_id(kept)}
    shown = [id_ for id_, _ in list_updates(site)]
    assert _id(kept) in shown
    assert {_id(4), _id(5), _id(6)} & {*shown} == {_id(kept)}


def assign_topics(site, **topics):
    """Give articles, by ``a`` and their number, other topics, and publish that."""
    for known in site.read_articles():
        theirs = topics.get(f"a{int(known.id[:8], 16)}")
        if theirs:
            changed = Changes(updated=(replace(known, topics=theirs),))
            site.store.save_poll(
                SourceState(source_id="daily", outcome="updated"), [known], lambda _, c=changed: c
            )
    site.publish()


def test_a_merge_is_told_once_whatever_topics_knew_of_it(site):
    """The site has one entry; a topic that knew the other story alone is told under that one's headline."""
    assign_topics(site, a1=("ml", "ai"), a2=("ml", "vision"))
    answer_question(site.store, (_id(1), _id(2)), AnswerKind.SAME, now=site.now, answered_by="ann")
    site.publish()
    for folder, title in (("ml", TOLD), ("vision", ELSE)):
        assert site.titles(f"{folder}/changes.atom") == [f"Merged: {title}"]
    assert site.titles() == site.titles("all/changes.atom") == [f"Merged: {TOLD}"]
    assert list_deleted(site, "vision") == list_deleted(site, "all") == [_id(2)]
    assert find_differences(site) == []


def list_deleted(site, topic_id):
    """Return the ids of a topic's feed of stories that it says are gone."""
    feed = site.read(f"{topic_id}/atom.xml")
    return [one.get("ref")[9:] for one in feed.iter(f"{AT}deleted-entry")]


def list_shown(site, topic_id):
    """Return the ids of a topic's feed of stories."""
    return {one.findtext(f"{ATOM}id")[9:] for one in site.read(f"{topic_id}/atom.xml").iter(f"{ATOM}entry")}


def test_a_merged_story_has_a_tombstone_where_it_was_seen(site):
    """Else a topic that showed it alone would have its headline twice; it is told of that by this headline."""
    site.setup = replace(site.setup, topics=(*site.setup.topics, topic("ops", name="Operations")))
    site.publish()
    other = "Robots of the harbour unload a ship"
    maker = provider("site4.example")
    fill(site.store, article(4, id=_id(4), title=other, at=site.now, topics=("ops",), provider=maker))
    site.publish()
    assert list_shown(site, "ops") == {_id(4)}
    site.wait(minutes=5)
    answer_question(site.store, (_id(1), _id(4)), AnswerKind.SAME, now=site.now, answered_by="ann")
    site.publish()
    kept = read_story_ids(site.store, [_id(1)])[_id(1)]
    assert kept == _id(1)  # more feeds show it
    assert (list_shown(site, "ops"), list_deleted(site, "ops")) == ({kept}, [_id(4)])
    assert (list_deleted(site, "ml"), list_deleted(site, "all")) == ([], [_id(4)])
    assert (site.titles("ops/changes.atom"), site.titles("ml/changes.atom")) == ([f"Merged: {other}"], [])


def test_of_two_merged_stories_the_one_in_more_feeds_keeps_its_id(site):
    """So fewer subscribers have anything new; it may be the younger."""
    site.wait(minutes=5)
    one = article(
        4, id=_id(4), title="Robots unload a ship", at=site.now, topics=("ml", "vision"),
        provider=provider("site4.example"),
    )  # fmt: skip
    fill(site.store, one)
    site.publish()
    answer_question(site.store, (_id(1), _id(4)), AnswerKind.SAME, now=site.now, answered_by="ann")
    site.publish()
    assert list_shown(site, "vision") == {_id(4)}
    assert (list_deleted(site, "vision"), list_deleted(site, "ml")) == ([], [_id(1)])


def test_the_part_that_readers_know_keeps_the_id(site):
    """It is the one whose headline they saw, whichever article the id is of."""
    best = article(
        4, id=_id(4), title=f"{TOLD} again", at=site.now, topics=("ml",), provider=provider("site4.example"),
        **WHOLE,
    )  # fmt: skip
    fill(site.store, best)
    site.publish()
    decide_all(site, (Verb.LEAD, 4))
    known = read_entries(site)
    assert known[_id(1)] == best.title
    site.wait(minutes=5)
    answer_question(site.store, (_id(1), _id(4)), AnswerKind.DIFFERENT, now=site.now, answered_by="ann")
    site.publish()
    assert read_entries(site).items() > known.items()
    assert read_story_ids(site.store, [_id(1)])[_id(1)] != _id(1)
    assert find_story_id(_id(1)[:8], site.store) == _id(1)  # and not that of the article which has left it
    assert find_story_article(_id(1), site.store) == _id(4)


def read_entries(site):
    """Return the titles of a topic's stories by their ids."""
    entries = site.read("ml/atom.xml").iter(f"{ATOM}entry")
    return {one.findtext(f"{ATOM}id")[9:]: one.findtext(f"{ATOM}title") for one in entries}


def test_what_was_merged_and_is_parted_has_its_ids_as_before(site):
    """Readers know both; that of the one that was taken in is back."""
    before = read_entries(site)
    for kind in (AnswerKind.SAME, AnswerKind.DIFFERENT):
        site.wait(minutes=5)
        answer_question(site.store, (_id(1), _id(2)), kind, now=site.now, answered_by="ann")
        site.publish()
    assert read_entries(site) == before


def add_newer(site):
    """An hour later there is another story; return when."""
    site.wait(minutes=60)
    newer = article(
        3, id=_id(3), title="Machine learning scrubs the Postbird rocket", at=site.now, topics=("ml",),
        provider=provider("site3.example"), **WHOLE | {"excerpt": "Lightning stopped the start at Skerry. " * 3},
    )  # fmt: skip
    fill(site.store, newer)
    site.publish()
    return _tell(site.now)


def _tell(at):
    return at.replace(microsecond=0).isoformat()


def list_updates(site):
    """Return the ids of the feed of stories with their updates, in its order."""
    entries = site.read("ml/atom.xml").iter(f"{ATOM}entry")
    return [(one.findtext(f"{ATOM}id")[9:], one.findtext(f"{ATOM}updated")) for one in entries]


def test_neither_merge_nor_split_brings_anything_up_again(site):
    """Stories stand, and say that they were updated, by what their own articles brought."""
    newer = add_newer(site)
    decide_on_stories(site, Verb.MERGE)
    assert list_updates(site) == [(_id(3), newer), (_id(1), _tell(NOW))]
    decide_on_stories(site, Verb.SPLIT)
    assert list_updates(site)[0] == (_id(3), newer)
    # The other one is back under its own id, later than its tombstone.
    assert sorted(list_updates(site)[1:]) == [(_id(1), _tell(NOW)), (_id(2), _tell(site.now))]


def test_a_part_stands_by_its_own_news(site):
    """Not by that of what left it, also where an article was taken out of it, which keeps its place."""
    tell(site, 5, TOLD, **WHOLE)
    add_newer(site)
    site.wait(minutes=5)
    tell(site, 4, "Robots unload a ship")
    answer_question(site.store, (_id(1), _id(4)), AnswerKind.SAME, now=site.now, answered_by="ann")
    site.publish()
    decide_all(site, (Verb.WITHDRAW, 5))
    assert [id_ for id_, _ in list_updates(site)][:2] == [_id(1), _id(3)]
    answer_question(site.store, (_id(1), _id(4)), AnswerKind.DIFFERENT, now=site.now, answered_by="ann")
    site.publish()
    assert [id_ for id_, _ in list_updates(site)][:3] == [_id(4), _id(3), _id(1)]


def tell(site, number, title, **changes):
    """Publish what another publisher tells now."""
    maker = provider(f"site{number}.example")
    told = article(
        number, id=_id(number), title=title, provider=maker, at=site.now, topics=("ml",), **changes
    )
    fill(site.store, told)
    site.publish()


def test_a_correction_is_an_update_and_moves_nothing(site):
    """Readers that look for updates find it; it does not stand before newer news."""
    newer = add_newer(site)
    site.wait(minutes=5)
    said = Decision(
        id="d-1", verb=Verb.CORRECT, target=_id(1), value="So.", reason="r", by="ann", at=site.now
    )
    site.setup = replace(site.setup, decisions=(said,))
    site.publish()
    assert list_updates(site)[:2] == [(_id(3), newer), (_id(1), _tell(site.now))]
    corrected = list_updates(site)
    site.wait(minutes=5)
    site.setup = replace(site.setup, decisions=())
    site.publish()
    assert list_updates(site) == corrected


def decide_all(site, *verbs):
    """Have these decisions and no others, and publish that."""
    site.wait(minutes=5)
    made = [
        Decision(id=f"d-{verb}-{target}", verb=verb, target=_id(target), reason="r", by="ann", at=site.now)
        for verb, target in verbs
    ]
    site.setup = replace(site.setup, decisions=tuple(made))
    site.publish()


def read_told(site):
    """Return what was told of articles, the oldest first."""
    return [one.kind.value for one in reversed(read_corrections(site.store, SITE, 20))]


def test_what_is_back_is_newer_than_its_tombstone(site):
    """Readers that throw away what is deleted take it for the later word (RFC 6721); it stands where it stood."""
    newer = add_newer(site)
    decide_all(site, (Verb.WITHDRAW, 1))
    (gone,) = site.read("ml/atom.xml").iter(f"{AT}deleted-entry")
    decide_all(site, (Verb.WITHDRAW, 1), (Verb.RESTORE, 1))
    assert list_updates(site)[:2] == [(_id(3), newer), (_id(1), _tell(site.now))]
    assert _tell(site.now) > gone.get("when")


def test_a_decision_that_is_taken_back_is_a_restoration(site):
    """It is told; a tombstone does not come back when the item leaves, and it can be withdrawn once more."""
    for _ in range(2):
        decide_all(site, (Verb.WITHDRAW, 1))
        assert len(list(site.read("ml/atom.xml").iter(f"{AT}deleted-entry"))) == 1
        decide_all(site)
    assert read_told(site) == ["withdraw", "restore"] * 2
    site.judge(0)
    site.publish()
    assert list(site.read("ml/atom.xml").iter(f"{AT}deleted-entry")) == []


def test_what_takes_an_article_out_is_told_once(site):
    """Of several decisions the strongest; that one counts no more, too."""
    decide_all(site, (Verb.WITHDRAW, 1), (Verb.KILL, 1))
    assert read_told(site) == ["kill"]
    decide_all(site, (Verb.WITHDRAW, 1))
    assert read_told(site) == ["kill", "withdraw"]


def test_a_story_that_is_withdrawn_whole_has_a_tombstone(site):
    """Also where all its articles go at once."""
    second = article(
        4, id=_id(4), title=TOLD, provider=provider("site4.example"), at=site.now, topics=("ml",), **WHOLE
    )
    fill(site.store, second)
    site.publish()
    (shown, _), *_ = list_updates(site)
    assert len(set(read_story_ids(site.store, [_id(1), _id(4)]).values())) == 1
    decide_all(site, (Verb.WITHDRAW, 1), (Verb.WITHDRAW, 4))
    (gone,) = site.read("ml/atom.xml").iter(f"{AT}deleted-entry")
    assert gone.get("ref") == f"urn:uuid:{shown}"


def test_hostile_texts_stay_texts(site):
    """Titles and reasons are escaped, and free of what XML forbids."""
    hostile = HOSTILE.replace("\0", "").replace("\ud800", "")
    site.correct(CorrectionKind.CORRECT, title=hostile, reason=hostile)
    (entry,) = site.read("changes.atom").iter(f"{ATOM}entry")
    assert "<script" not in entry.findtext(f"{ATOM}content")
    site.wait(minutes=1)
    site.correct(CorrectionKind.WITHDRAW, title=hostile, reason=hostile)
    assert len(list(site.read("ml/atom.xml").iter(f"{AT}deleted-entry"))) == 1


def test_when_a_correction_reached_files_is_known(site):
    """Not before they are written; a removed file is made anew."""
    site.correct(CorrectionKind.CORRECT)
    (one,) = read_corrections(site.store, "ml", 10)
    assert (one.published_at, one.pinged_at) == (site.now, None)
    (site.tree / "ml" / "changes.atom").unlink()
    site.wait(minutes=1)
    site.publish()
    assert site.titles("ml/changes.atom") == [f"Corrected: {TOLD}"]
    (one,) = read_corrections(site.store, "ml", 10)
    assert one.published_at == site.now - timedelta(minutes=1)
