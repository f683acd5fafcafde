"""What subscribers are told of an article that is taken out: the same in every place that tells it."""

import json
import re
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest

from tests.integration.site import TOPICS, SiteFolder, ago, item, send_feed

ATOM = "{http://www.w3.org/2005/Atom}"
AT = "{http://purl.org/atompub/tombstones/1.0}"
TITLES = ("Machine learning finds a comet", "Machine learning reads old letters")
TEXTS = (
    "Astronomers in Chile let machine learning sift old glass plates, and a comet turned up.",
    "Archivists in Ghent have machine learning decipher merchants' letters, page by page.",
)


class StorySite(SiteFolder):
    """A site that has published two articles as one story."""

    def __init__(self, folder, loopback):
        send_feed(loopback, *map(_make_item, range(2)))
        sources = [{"id": "daily", "url": f"{loopback.url}/feed"}]
        super().__init__(folder, sources, TOPICS, enrich={"pages": False}, publish={"records": True})
        self.run("poll")
        self.run("publish")
        self.ids = [self.explain(number)["id"] for number in range(2)]
        self.decide("merge", self.ids[0], self.ids[1])
        self.run("publish")
        (self.story_id,) = {one["id"][9:] for one in self.read_json("ml/feed.json")["items"]}

    def decide(self, *words):
        """Decide without being asked."""
        self.run("decide", *words, "--reason", "internal", "--by", "anna", "--yes")

    def explain(self, number):
        """Return what is told of an article."""
        return json.loads(self.run("explain", f"daily.example/{number}", "--json"))

    def read_json(self, name):
        """Return a file of the tree."""
        return json.loads((self.feeds / name).read_bytes())

    def tell_tombstones(self, number):
        """Return when and why an article is gone, as Atom and JSON Feed say; None where neither says so."""
        item_id = f"urn:uuid:{self.ids[number]}"
        found = ET.parse(self.feeds / "ml/articles/atom.xml").getroot().iter(f"{AT}deleted-entry")
        atom = {one.get("ref"): (_read(one.get("when")), one.findtext(f"{AT}comment")) for one in found}
        listed = self.read_json("ml/articles/feed.json").get("_deleted", {"items": []})["items"]
        told = {one["id"]: (_read(one["date"]), one["reason"]) for one in listed}
        assert told == atom
        return told.get(item_id)

    def tell_changes(self, number):
        """Return the kind, time and reason of what changes.atom says of an article, the newest first."""
        root = ET.parse(self.feeds / "ml" / "changes.atom").getroot()
        entries = [one for one in root.iter(f"{ATOM}entry") if TITLES[number] in one.findtext(f"{ATOM}title")]
        return [
            (
                one.find(f"{ATOM}category").get("term"),
                _read(one.findtext(f"{ATOM}updated")),
                (re.findall(r'<p dir="auto">(.*?)</p>', one.findtext(f"{ATOM}content"))[1:] or [None])[0],
            )
            for one in entries
        ]

    def tell_commands(self, number):
        """Return the same as ``explain`` and ``status`` say, which say that it is in the files."""
        explained = [
            (one["kind"], _read(one["at"]), one["publicReason"], one["inFilesAt"])
            for one in self.explain(number)["corrections"]
        ]
        listed = [
            (one["correction"], _read(one["at"]), one["public_reason"], one["in_files_at"])
            for one in self.status()["corrections"]
            if one["of"] == self.ids[number]
        ]
        assert explained == listed
        assert all(in_files_at for *_, in_files_at in explained)
        return [tuple(told) for *told, _ in explained]

    def read_page(self):
        """Return the page of the story."""
        return (self.feeds / "stories" / f"{self.story_id}.html").read_text("utf-8")


def _make_item(number):
    made = item(number, ago(hours=number + 1), title=TITLES[number])
    return re.sub("<description>.*</description>", f"<description>{TEXTS[number]}</description>", made)


def _read(text):
    return datetime.fromisoformat(text).replace(microsecond=0)


@pytest.fixture
def site(tmp_path, loopback):
    """The site."""
    return StorySite(tmp_path, loopback)


def check_out(site, number, reason, *, kind="withdraw"):
    """Check that all places tell why an article is out, since when, and that it is; return since when."""
    at, told = site.tell_tombstones(number)
    assert told == reason
    assert site.tell_changes(number)[0] == site.tell_commands(number)[0] == (kind, at, reason)
    assert not any(one["isShown"] for one in site.explain(number)["feeds"])
    assert f"- {kind} " in site.run("explain", f"daily.example/{number}", "--all")
    return at


def test_all_places_tell_the_same_of_what_is_taken_out(site):
    """Withdrawn, for another reason, and back: tombstones, the page, changes.atom, explain and status."""
    for number, reason in ((0, "The author took it back."), (1, "The letters were forged.")):
        site.decide("withdraw", site.ids[number], "--public-reason", reason)
    site.run("publish")
    first = check_out(site, 0, "The author took it back.")
    check_out(site, 1, "The letters were forged.")
    assert "The author took it back." in site.read_page()
    assert "The letters were forged." in site.read_page()
    site.decide("restore", site.ids[0], "--public-reason", "It was right.")
    site.decide("withdraw", site.ids[0], "--public-reason", "There was no comet.")
    site.run("publish")
    at = check_out(site, 0, "There was no comet.")
    assert at > first
    assert "There was no comet." in site.read_page()
    assert "The author took it back." not in site.read_page()
    assert f'datetime="{at:%Y-%m-%dT%H:%M:%S}' in site.read_page()
    site.decide("restore", site.ids[0], "--public-reason", "It was right.")
    site.run("publish")
    kinds = ["restore", "withdraw", "withdraw"]
    told = site.tell_changes(0)[:3]
    assert [kind for kind, *_ in told] == kinds
    assert told == site.tell_commands(0)[:3]
    assert told[0][2] == "It was right."
    assert site.tell_tombstones(0) is None
    assert site.tell_tombstones(1)[1] == "The letters were forged."
    assert any(one["isShown"] for one in site.explain(0)["feeds"])
    assert TITLES[0] in site.read_page()
    assert "There was no comet." not in site.read_page()
