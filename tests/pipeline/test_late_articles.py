"""Articles that an editor lets in late: where they stand, and how subscribers notice them."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.store import accept_article
from tests.builders import NOW, article, image, insert_articles, provider
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import World

STORM = "Artificial intelligence foretells a storm over Kestrelholm harbour"
HOME = "Dockers of Kestrelholm harbour stay home for a storm that artificial intelligence foretells"
LAST = "Kestrelholm harbour storm foretold by artificial intelligence sinks nine fishing boats"
CHESS = "Artificial intelligence plays chess against a grandmaster of Oslo"
POTATO = "Machine learning sorts potatoes on the farms of Ireland"
KEYS = "date_published", "date_modified"


class LateSite(World):
    """A site that shows a storm and, an hour younger, potatoes."""

    def __init__(self, folder):
        super().__init__(folder)
        self.setup = self.setup.set("publish", min_items=0, max_items=20).set("enrich", pages=False)
        self.now = NOW

    def bring(self, number, title, *, is_quarantined=False):
        """Store an article of a publisher of its own, dated five minutes ago."""
        url, at = f"https://site{number}.example/{number}", self.now - timedelta(minutes=5)
        made = article(
            number, at=at, id=_id(number), source_id="daily", stated_at=at, title=title, authors=("Ann Lee",),
            excerpt=f"{title}, said the people of the place at length. " * 4, canonical_url=url, web_url=url,
            images=(image(number, width=1200, height=675),), provider=provider(f"site{number}.example"),
        )  # fmt: skip
        judged = self.rules.judge(replace(made, first_seen_at=self.now), ["daily"], now=self.now)
        insert_articles(self.store, [replace(judged, is_quarantined=is_quarantined)])

    def publish(self):
        """Group and publish everything."""
        StoryDesk().group_site(Site(rules=self.rules, store=self.store, now=self.now))
        assert not publish(self.look_at_site()).errors

    def show(self, feed="ai"):
        """Return the titles of a feed with when they were published and updated, in hours after the start."""
        assert find_differences(self) == []
        items = json.loads((self.tree / feed / "feed.json").read_bytes())["items"]
        return [(item["title"], *(_hours(item[key]) for key in KEYS)) for item in items]

    def read_feed_time(self, feed="ai"):
        """Return when a feed says that it was updated, in hours after the start."""
        text = (self.tree / feed / "atom.xml").read_text(encoding="utf-8")
        return _hours(text.partition("<updated>")[2].partition("<")[0])


def _id(number):
    return f"{number:08x}-0000-5000-8000-000000000000"


def _hours(text):
    return round((datetime.fromisoformat(text) - NOW) / timedelta(hours=1))


@pytest.fixture
def site(tmp_path):
    """The site."""
    made = LateSite(tmp_path)
    made.bring(1, STORM)
    made.bring(2, CHESS, is_quarantined=True)
    made.bring(3, HOME, is_quarantined=True)
    made.publish()
    made.wait(hours=1)
    made.bring(4, POTATO)
    made.publish()
    assert made.show() == [(POTATO, 1, 1), (STORM, 0, 0)]
    made.wait(hours=2)
    yield made
    made.close()


def test_what_is_accepted_late_stands_by_its_date_and_is_updated(site):
    """Never on top: to readers it is a new id among what is as old, in a feed that is newer than before."""
    accept_article(site.store, _id(2), now=site.now)
    site.publish()
    for feed in ("ai", "ai/articles"):
        assert site.show(feed) == [(POTATO, 1, 1), (STORM, 0, 0), (CHESS, 0, 3)]
        assert site.read_feed_time(feed) == 3
    site.wait(hours=2)
    site.publish()
    assert site.show()[2] == (CHESS, 0, 3)


def test_a_story_that_gets_an_accepted_article_keeps_its_place(site):
    """As it would stand had nobody looked; that one more tells it is told now."""
    accept_article(site.store, _id(3), now=site.now)
    site.publish()
    assert [one[1:] for one in site.show()] == [(1, 1), (0, 3)]
    assert site.show("ai/articles")[-1] == (HOME, 0, 3)
    site.wait(hours=1)
    site.bring(5, LAST)
    site.publish()
    assert [one[1:] for one in site.show()] == [(0, 4), (1, 1)]


def test_what_was_held_until_now_stands_by_its_date_and_is_updated(site):
    """Also once the decision is removed: what subscribers know is not taken back."""
    held = Decision(
        id="d", verb=Verb.HOLD_UNTIL, target=_id(5), value=(site.now + timedelta(hours=2)).isoformat(),
        reason="r", by="ann", at=site.now,
    )  # fmt: skip
    site.setup = replace(site.setup, decisions=(held,))
    site.bring(5, CHESS)
    site.publish()
    site.wait(hours=1)
    site.bring(6, "Computer vision counts the puffins of Skerry island")
    site.publish()
    assert len(site.show()) == 3
    site.wait(hours=1)
    site.publish()
    assert (site.show()[1], site.read_feed_time()) == ((CHESS, 3, 5), 5)
    site.setup = replace(site.setup, decisions=())
    site.wait(hours=1)
    site.publish()
    assert site.show()[1] == (CHESS, 3, 5)
