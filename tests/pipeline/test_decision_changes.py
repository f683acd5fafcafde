"""Decisions that come, go and end: what is judged, shown and removed then."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from aggregator.model.decisions import Decision, Verb
from aggregator.model.ids import make_article_id
from aggregator.pipeline.publish.decision_changes import judge_decided, take_up_decisions
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.records import publish_records
from aggregator.publish.tree_paths import PICTURE_COPIES, name_logo
from aggregator.secured import SecuredKeys
from aggregator.store import (
    Logo,
    Mark,
    MarkKind,
    find_article,
    note_picture_uses,
    read_story_ids,
    save_logos,
    save_pictures,
    update_articles,
)
from tests.builders import article, image, insert_articles, picture, provider
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import BEGAN_AT, World

AT = "{http://purl.org/atompub/tombstones/1.0}"
HOUR = timedelta(hours=1)
SUBJECTS = ("storm", "verdict", "strike", "rocket")


@pytest.fixture
def world(tmp_path):
    """A site that has published four articles, each of an hour of its own, with records."""
    made = World(tmp_path)
    made.setup = made.setup.set("publish", min_items=0, max_items=20, records=True).set("enrich", pages=False)
    found = [
        article(
            number, at=made.now - number * HOUR, id=name(number), source_id="daily", stated_at=made.now,
            title=f"Artificial intelligence foretells a {subject}", excerpt=f"The {subject} was long foreseen. " * 5,
            web_url=f"https://daily.example/{number}", images=(image(number, width=640, height=360),),
        )
        for number, subject in enumerate(SUBJECTS)
    ]  # fmt: skip
    insert_articles(made.store, [made.rules.judge(one, ["daily"], now=made.now) for one in found])
    publish_all(made)
    yield made
    made.close()


def name(number):
    """Return the id of an article."""
    return f"{number:08x}-0000-5000-8000-000000000000"


def decide(world, verb, number=0, value=None, **changes):
    """Have an editor decide on an article, now."""
    values = {"reason": "why", "by": "anna", "at": world.now, "target": name(number), **changes}
    count = len(world.setup.decisions)
    one = Decision(id=f"d{count}", verb=Verb(verb), value=value, **values)
    world.setup = replace(world.setup, decisions=(*world.setup.decisions, one))


def publish_all(world):
    """Publish everything, and compare it with what is built anew."""
    publish(world.look_at_site())
    publish_records(world.look_at_site(), keys=SecuredKeys.of({}))


def show(world, feed="ai/articles"):
    """Return the last words of the titles that a feed shows; it is as it would be built anew."""
    assert find_differences(world) == []
    items = json.loads((world.tree / feed / "feed.json").read_bytes())["items"]
    return [item["title"].split()[-1] for item in items]


def test_only_the_targets_of_other_decisions_are_judged(world):
    """A thousand other articles, and other decisions, are left as they are."""
    decide(world, "quality", 1, "5")
    publish_all(world)
    stale = [replace(find_article(world.store, name(n)), quality=0) for n in (1, 2)]
    update_articles(world.store, stale)  # judged again, they would get their quality back
    decide(world, "ban", 0)
    assert take_up_decisions(world.look_at_site()) == 1
    assert find_article(world.store, name(0)).quality == 0
    assert [find_article(world.store, one.id).quality for one in stale] == [0, 0]
    assert take_up_decisions(world.look_at_site()) == 0
    world.setup = replace(world.setup, decisions=world.setup.decisions[:1])
    assert take_up_decisions(world.look_at_site()) == 1
    assert find_article(world.store, name(0)).is_published


def test_a_decision_ends_and_begins_again_where_the_clock_is_set_back(world):
    """Nobody needs to touch the files for that."""
    decide(world, "ban", 0, until=world.now + HOUR)
    decide(world, "retitle", 1, "Decided", until=world.now + HOUR)
    publish_all(world)
    assert show(world) == ["Decided", "strike", "rocket"]
    world.wait(hours=1)
    publish_all(world)
    assert show(world) == list(SUBJECTS)
    world.wait(minutes=-1)
    publish_all(world)
    assert show(world) == ["Decided", "strike", "rocket"]


def test_what_is_held_appears_nowhere_before_its_time(world):
    """Neither in feeds nor as a record; dates stay."""
    before = find_article(world.store, name(1))
    decide(world, "hold-until", 1, (world.now + HOUR).isoformat())
    publish_all(world)
    assert show(world) == ["storm", "strike", "rocket"]
    assert not _find_files(world, "verdict")
    world.wait(hours=1)
    publish_all(world)
    assert show(world) == list(SUBJECTS)
    after = find_article(world.store, name(1))
    assert (after.published_at, after.updated_at) == (before.published_at, before.updated_at)


def test_pins_hold_what_is_old_and_the_latest_is_first(world):
    """They are of one topic, and end."""
    decide(world, "pin", 3, topic="ai", until=world.now + timedelta(days=20))
    world.wait(seconds=1)
    decide(world, "pin", 2, topic="ai", until=world.now + timedelta(days=30))
    publish_all(world)
    assert show(world) == ["strike", "rocket", "storm", "verdict"]
    assert show(world, "all/articles") == list(SUBJECTS)
    world.wait(days=15)
    publish_all(world)
    assert (show(world), show(world, "all/articles")) == (["strike", "rocket"], [])
    world.wait(days=10)
    publish_all(world)
    assert show(world) == ["strike"]


def show_pictures(world, uses):
    """Have copies of pictures that articles show: by number of the picture those of the articles."""
    world.setup = world.setup.set("images", cache=True)
    for number, users in uses.items():
        file = world.tree / PICTURE_COPIES / f"aa/{number}-640x360.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"jpeg")
        known = picture(
            number, url=image(number).url, checked_at=world.now, used_at=world.now, hash=f"h{number}",
            file=f"aa/{number}-640x360.jpg",
        )  # fmt: skip
        save_pictures(world.store, [known])
        shown = {(f"h{number}", name(user), "daily.example") for user in users}
        note_picture_uses(world.store, shown, [known.url], world.now)


def list_copies(world):
    """Return the names of the copies of pictures that are there."""
    return sorted(path.name for path in (world.tree / PICTURE_COPIES).rglob("*.jpg"))


def test_what_is_killed_leaves_its_record_and_the_copies_of_its_pictures(world):
    """A copy that another article shows, too, stays."""
    show_pictures(world, {0: [0], 1: [0, 1]})
    assert _find_files(world, "storm")
    decide(world, "kill", 0)
    publish_all(world)
    assert not _find_files(world, "storm")
    assert list_copies(world) == ["1-640x360.jpg"]
    decide(world, "restore", 0)
    publish_all(world)
    assert show(world) == list(SUBJECTS)


def add_article(world, number, subject, domain):
    """Store an article of a publisher, judged as one that a poll brings."""
    made = article(
        number, at=world.now, id=name(number), source_id="daily", stated_at=world.now,
        title=f"Artificial intelligence foretells a {subject}", excerpt=f"The {subject} was foreseen. " * 5,
        canonical_url=f"https://{domain}/{number}", web_url=f"https://{domain}/{number}", provider=provider(domain),
    )  # fmt: skip
    insert_articles(world.store, [world.rules.judge(made, ["daily"], now=world.now)])


def test_a_publisher_that_is_taken_down_is_nowhere(world):
    """What is stored leaves at once with copies and logo, what comes later stays out; it ends by itself."""
    add_article(world, 8, "harvest", "weekly.example")
    save_logos(world.store, [Logo(domain="daily.example", checked_at=world.now)])
    logo = world.tree / name_logo("daily.example", 50)
    logo.parent.mkdir(parents=True, exist_ok=True)
    logo.write_bytes(b"png")
    show_pictures(world, {0: [0], 1: [0, 1], 2: [2, 8]})
    decide(world, "retitle", 0, "Daily storm")
    publish_all(world)
    decide(world, "takedown", target="daily.example", until=world.now + HOUR)
    publish_all(world)
    assert show(world) == ["harvest"]
    assert not _find_files(world, "daily.example")
    assert not _find_files(world, "storm")
    assert list_copies(world) == ["2-640x360.jpg"]
    assert not logo.exists()
    add_article(world, 9, "comet", "news.daily.example")
    publish_all(world)
    assert not _find_files(world, "comet")
    world.wait(hours=1)
    publish_all(world)
    assert sorted(show(world)) == sorted([*SUBJECTS, "comet", "harvest"])


def test_another_record_of_an_article_goes_and_comes_with_it(world):
    """Stored before or after the decision; each is told of, and in its feeds as it would be built anew."""
    ids = [make_article_id("https://daily.example/ten"), name(7)]
    add_record(world, ids[0], "harvest", "https://daily.example/ten")
    add_record(world, ids[1], "eclipse", "https://daily.example/short")
    publish_all(world)
    assert {"harvest", "eclipse"} < set(show(world))
    decide(world, "withdraw", target=ids[0], public_reason="Made up.")
    publish_all(world)
    assert not {"harvest", "eclipse"} & set(show(world))
    assert read_reasons(world) == [["Made up."], ["Made up."]]
    add_record(world, name(8), "comet", "https://daily.example/other")
    world.wait(minutes=1)
    publish_all(world)
    assert "comet" not in show(world)
    decide(world, "restore", target=ids[1], public_reason="It was true.")
    publish_all(world)
    assert ("eclipse" in show(world), "harvest" in show(world)) == (True, False)
    world.wait(minutes=1)
    decide(world, "restore", target=ids[0], public_reason="It was true.")
    publish_all(world)
    assert {"harvest", "eclipse", "comet"} < set(show(world))
    assert read_reasons(world)[:2] == [["It was true."], ["It was true."]]
    assert len(read_reasons(world)) == 4


def add_record(world, id_, subject, url):
    """Store a record whose source has this address, and whose page that of the first article."""
    made = article(
        1, at=world.now, id=id_, source_id="daily", stated_at=world.now, canonical_url=url,
        title=f"Artificial intelligence foretells a {subject}", excerpt=f"The {subject} was foreseen. " * 5,
        web_url="https://daily.example/ten", provider=provider("daily.example"),
    )  # fmt: skip
    insert_articles(world.store, [world.rules.judge(made, ["daily"], now=world.now)])


def read_reasons(world):
    """Return what the feed of corrections says of each, the newest first."""
    told = (world.tree / "changes.atom").read_text(encoding="utf-8")
    contents = re.findall(r"<content type=\"html\">(.*?)</content>", told)
    return [re.findall(r"&lt;p dir=\"auto\"&gt;(.*?)&lt;/p&gt;", one)[1:] for one in contents]


def test_the_end_of_a_takedown_is_told_with_its_reason(world):
    """By itself, taken back, or by an editor's word; never with the reason of what was decided before it."""
    decide(world, "ban", 0)
    decide(world, "restore", 0, public_reason="Said long before.")
    world.wait(minutes=1)
    decide(world, "takedown", 0, public_reason="By order.", until=world.now + HOUR)
    publish_all(world)
    assert read_reasons(world) == [["By order."]]
    world.wait(hours=1)
    publish_all(world)
    assert read_reasons(world)[0] == [f"It was taken out until {world.now:%Y-%m-%d %H:%M} UTC."]
    world.wait(minutes=1)
    decide(world, "takedown", 0, public_reason="Once more.")
    publish_all(world)
    world.wait(minutes=1)
    world.setup = replace(world.setup, decisions=world.setup.decisions[:-1])
    publish_all(world)
    assert read_reasons(world)[0] == ["What took it out was taken back."]
    decide(world, "kill", 0, public_reason="Made up.")
    publish_all(world)
    world.wait(minutes=1)
    decide(world, "restore", 0, public_reason="It was true.")
    publish_all(world)
    assert read_reasons(world)[0] == ["It was true."]
    assert show(world) == list(SUBJECTS)


def read_tombstone(world):
    """Return when, in minutes since the site began, and why an article was taken out, as both formats have it."""
    (gone,) = ET.parse(world.tree / "ai" / "articles" / "atom.xml").getroot().iter(f"{AT}deleted-entry")
    (told,) = json.loads((world.tree / "ai" / "articles" / "feed.json").read_bytes())["_deleted"]["items"]
    at = datetime.fromisoformat(told["date"])
    assert (datetime.fromisoformat(gone.get("when")), gone.findtext(f"{AT}comment")) == (at, told["reason"])
    return round((at - BEGAN_AT) / timedelta(minutes=1)), told["reason"]


@pytest.mark.parametrize("verb", ["withdraw", "kill"])
def test_what_keeps_an_article_out_for_another_reason_is_told(world, verb):
    """Restored and taken out again before anybody saw it back, with a decision ended, or its reason edited."""
    decide(world, verb, 0, public_reason="Made up.", until=world.now + HOUR)
    publish_all(world)
    assert read_tombstone(world) == (0, "Made up.")
    world.wait(minutes=5)
    decide(world, verb, 0, public_reason="Not ours.")
    publish_all(world)
    assert read_tombstone(world) == (0, "Made up.")  # which counts still
    world.wait(hours=1)
    publish_all(world)
    assert read_tombstone(world) == (65, "Not ours.")
    world.wait(minutes=5)
    decide(world, "restore", 0)
    world.wait(minutes=1)
    decide(world, verb, 0, public_reason="Its author took it back.")
    publish_all(world)
    assert read_tombstone(world) == (71, "Its author took it back.")
    for at, said in ((76, "Its author took it back!"), (81, "Its author took it back, and says so.")):
        *others, last = world.setup.decisions
        world.setup = replace(world.setup, decisions=(*others, replace(last, public_reason=said)))
        world.wait(minutes=5)
        publish_all(world)
        assert read_tombstone(world) == (at, said)
    assert show(world) == list(SUBJECTS[1:])
    assert [reason for (reason,) in read_reasons(world)] == [
        "Its author took it back, and says so.", "Its author took it back!", "Its author took it back.",
        "Not ours.", "Made up.",
    ]  # fmt: skip


def test_what_a_ban_keeps_out_is_not_said_to_be_withdrawn_for_another_reason(world):
    """The reason that was told counts no more; of a ban alone nobody is told."""
    decide(world, "ban", 1)
    decide(world, "withdraw", 0, public_reason="Made up.")
    publish_all(world)
    world.wait(minutes=5)
    decide(world, "restore", 0)
    decide(world, "ban", 0)
    publish_all(world)
    assert read_tombstone(world)[1] == "withdrawn"
    world.wait(minutes=5)
    decide(world, "restore", 0, public_reason="It was true.")
    publish_all(world)
    assert read_reasons(world) == [["It was true."], [], ["Made up."]]
    assert show(world) == ["storm", "strike", "rocket"]


def test_a_takedown_leaves_no_text_among_corrections(world):
    """Also of what no feed shows any more, and of what was withdrawn before."""
    decide(world, "retitle", 3, "Said of a rocket")
    decide(world, "correct", 3, "Of the start, not of the landing", public_reason="Who was there wrote so")
    decide(world, "withdraw", 2)
    publish_all(world)
    assert _find_files(world, "the start, not")
    assert _find_files(world, "was there wrote")
    world.wait(days=8)
    publish_all(world)
    decide(world, "takedown", target="daily.example")
    publish_all(world)
    assert find_differences(world) == []
    for text in ("rocket", "strike", "the start, not", "was there wrote"):
        assert not _find_files(world, text)


def test_only_what_was_marked_is_asked_for_decisions(world):
    """A batch of marks costs what is in it, however many decisions there are."""
    for number in range(3):
        decide(world, "quality", number, "5")
    publish_all(world)
    stale = [replace(find_article(world.store, name(n)), quality=0) for n in (1, 2)]
    update_articles(world.store, stale)
    marks = [Mark(id=1, kind=MarkKind.ARTICLE, key=name(1))]
    judge_decided(marks, world.look_at_site())
    assert [find_article(world.store, one.id).is_published for one in stale] == [True, False]


@pytest.mark.parametrize("verb", ["ban", "withdraw"])
def test_what_is_out_keeps_its_record(world, verb):
    """It is not published any more, and says so."""
    decide(world, verb, 0)
    publish_all(world)
    assert show(world) == list(SUBJECTS[1:])
    (record,) = (path for path in _find_files(world, "storm") if path.parent.name == "_news")
    assert "published: false" in record.read_text(encoding="utf-8")
    assert read_story_ids(world.store, [name(0)]) == {}


def _find_files(world, text):
    return [
        path
        for path in world.tree.rglob("*")
        if path.is_file() and text.encode() in path.read_bytes() and path.suffix != ".jpg"
    ]
