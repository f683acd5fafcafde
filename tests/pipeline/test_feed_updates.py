"""When feeds say that they were last updated: never earlier than they said before."""

from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

import pytest

from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.feed_updates import settle_feed_updates
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.publish.rebuild import rebuild
from aggregator.pipeline.site import Site
from aggregator.store import read_feed_updates
from tests.builders import NOW, article, fill
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import TOPICS, World

ATOM = "{http://www.w3.org/2005/Atom}"
SHOWN_ID = "00000001-0000-5000-8000-000000000000"
UPDATED_AT = NOW + timedelta(hours=1)
"""When the article was updated, which the feeds say."""


class DatedSite(World):
    """A site that was published at ``NOW``, and then an article of Machine Learning, three hours later."""

    def __init__(self, folder):
        super().__init__(folder)
        self.setup = self.setup.set("enrich", pages=False)
        self.now = NOW
        self.publish()
        fill(self.store, article(1, id=SHOWN_ID, at=NOW, updated_at=UPDATED_AT, topics=("ml",)))
        self.wait(hours=3)
        self.publish()
        self.wait(hours=3)

    def publish(self):
        """Group and publish all."""
        StoryDesk().group_site(Site(rules=self.rules, store=self.store, now=self.now))
        assert not publish(self.look_at_site()).errors

    def ban(self):
        """Take out the article, which leaves no tombstone."""
        one = Decision(id="d-1", verb=Verb.BAN, target=SHOWN_ID, reason="no", by="ann", at=self.now)
        self.setup = replace(self.setup, decisions=(one,))

    def date(self, name):
        """Return when a feed says that it was last updated."""
        root = ET.parse(self.tree / name).getroot()
        if name.endswith("rss.xml"):
            return parsedate_to_datetime(root.findtext("*/lastBuildDate"))
        return root.findtext(f"{ATOM}updated")

    def is_empty(self, name):
        """Tell whether a feed has no item."""
        root = ET.parse(self.tree / name).getroot()
        return root.find(f"{ATOM}entry") is None and root.find("*/item") is None


@pytest.fixture
def site(tmp_path):
    """The site, whose tree must be what a rebuild makes of the store."""
    made = DatedSite(tmp_path)
    yield made
    assert find_differences(made) == []
    made.close()


@pytest.mark.parametrize("folder", ["ml", "ml/articles", "all", "all/articles"])
def test_a_feed_that_lost_its_last_item_keeps_its_time(site, folder):
    """It says what it said before: a reader would take an earlier time for an older document."""
    shown = UPDATED_AT.replace(microsecond=0)
    assert site.date(f"{folder}/atom.xml") == shown.isoformat()
    site.ban()
    site.publish()
    for name in (f"{folder}/atom.xml", f"{folder}/rss.xml"):
        assert site.is_empty(name)
    assert site.date(f"{folder}/atom.xml") == shown.isoformat()
    assert site.date(f"{folder}/rss.xml") == shown


def test_the_time_outlives_a_restart_and_a_rebuild(site):
    """Whatever else is forgotten of what files show, that is not."""
    site.ban()
    site.close()
    site.wait(days=1)
    rebuild(site.look_at_site())
    assert site.is_empty("ml/atom.xml")
    assert site.date("ml/atom.xml") == UPDATED_AT.replace(microsecond=0).isoformat()


def test_a_topic_that_comes_back_keeps_its_time(site):
    """Its feeds were removed meanwhile, and readers who stayed know them."""
    site.ban()
    site.setup = replace(site.setup, topics=tuple(one for one in TOPICS if one.id == "ai"))
    site.publish()
    site.setup = replace(site.setup, topics=TOPICS)
    site.publish()
    assert site.is_empty("ml/atom.xml")
    assert site.date("ml/atom.xml") == UPDATED_AT.replace(microsecond=0).isoformat()


def test_a_feed_that_never_had_an_item_says_when_it_was_published_first(site):
    """So does one of changes; it stays so when it is published again, and anew."""
    first = NOW.replace(microsecond=0)
    names = ("robots/atom.xml", "robots/articles/atom.xml", "changes.atom", "ml/changes.atom")
    assert {site.date(name) for name in names} == {first.isoformat()}
    assert site.date("robots/rss.xml") == first
    site.setup = site.setup.set("site", title="Another title")
    site.publish()
    rebuild(site.look_at_site())
    assert {site.date(name) for name in names} == {first.isoformat()}


def test_the_time_is_kept_before_files_say_so(site):
    """Killed before it is noted that they are written, what leaves then takes no time back."""
    later = UPDATED_AT + timedelta(hours=1)
    settle_feed_updates({"ml": later}, site.store, site.now)
    settle_feed_updates({"ml": UPDATED_AT}, site.store, site.now)
    assert read_feed_updates(site.store, ["ml", "nowhere"]) == {"ml": later.replace(microsecond=0)}
    site.ban()
    site.publish()
    assert site.date("ml/atom.xml") == later.replace(microsecond=0).isoformat()
