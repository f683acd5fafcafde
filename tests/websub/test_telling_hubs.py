"""Telling hubs which of our feeds changed: asked for by publishing, sent by the service."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from aggregator.fetch import FetchLimits
from aggregator.fetch.form import FormPoster
from aggregator.model import HubPing
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.publish.rebuild import rebuild
from aggregator.pipeline.push.tell_hubs import MAX_PINGS, tell_hubs
from aggregator.pipeline.site import Site
from aggregator.store import PAUSE, find_due_pings, read_pings
from aggregator.websub.ping import LONGEST_RETRY, note_unpinged
from tests.builders import NOW, article, fill
from tests.loopback import Answer
from tests.publishing_equality.world import World

BASE = "https://feeds.example.org"


class TellingSite(World):
    """A published site with one article a call, and a hub that notes what it is told."""

    def __init__(self, folder, loopback):
        super().__init__(folder)
        self.told = []
        self.status = 202
        self.hub = loopback.route("/hub", self._take)
        self.setup = self.setup.set("websub", publish_hubs=[self.hub]).set("enrich", pages=False)
        self.now = NOW
        self.is_private_allowed = True

    def _take(self, request):
        form = {key: value for key, (value,) in parse_qs(request.body.decode()).items()}
        if self.status == 202:
            assert form.pop("hub.mode") == "publish"
            assert form["hub.url"] == form["hub.topic"]
            self.told.append(form["hub.url"].removeprefix(f"{BASE}/"))
        return Answer(status=self.status)

    def add(self, number, *topics):
        """Store an article of these topics."""
        fill(self.store, article(number, topics=topics, at=self.now))

    def publish(self):
        """Group what is new, and write what changed."""
        StoryDesk().group_site(Site(rules=self.rules, store=self.store, now=self.now))
        return publish(self.look_at_site())

    def tell(self):
        """Tell hubs what is due, and return what they were told of, in order."""
        self.told.clear()
        asyncio.run(self._tell())
        return sorted(self.told)

    async def _tell(self):
        limits = FetchLimits(allow_private_addresses=self.is_private_allowed, timeout_s=5)
        context = replace(self.context, clock=lambda: self.now)
        async with FormPoster(limits) as poster:
            await tell_hubs(context, poster)


@pytest.fixture
def site(tmp_path, loopback):
    """The site, with everything told that its first publication wrote."""
    made = TellingSite(tmp_path, loopback)
    made.publish()
    made.tell()
    yield made
    made.close()


def _feeds(*topics):
    names = ("atom.xml", "feed.json", "rss.xml")
    return sorted(f"{topic}/{part}{name}" for topic in topics for part in ("", "articles/") for name in names)


def test_the_first_publication_tells_of_all_feeds(tmp_path, loopback):
    """A hub that is new hears of every feed, and of each once."""
    site = TellingSite(tmp_path, loopback)
    site.publish()
    topics = ("ai", "all", "ml", "robots", "vision")
    changes = ["changes.atom", *(f"{topic}/changes.atom" for topic in topics)]
    assert site.tell() == sorted([*_feeds(*topics), *changes])
    assert site.tell() == []
    site.close()


def test_only_feeds_that_changed_are_told_of(site):
    """What shows the article, and nothing else; what is published unchanged is not told of."""
    site.wait(minutes=1)
    site.add(1, "vision")
    site.publish()
    site.publish()
    assert site.tell() == _feeds("all", "vision")
    site.wait(minutes=1)
    site.publish()
    rebuild(site.look_at_site())
    assert site.tell() == []


def test_changes_shortly_after_each_other_are_told_of_once(site):
    """What changes within the pause is told of in one ping, at its end."""
    site.wait(minutes=1)
    for number in (1, 2, 3):
        site.wait(seconds=1)
        site.add(number, "ml")
        site.publish()
        assert site.tell() == (_feeds("all", "ml") if number == 1 else [])
    site.wait(seconds=PAUSE.total_seconds())
    assert site.tell() == _feeds("all", "ml")
    site.wait(hours=1)
    assert site.tell() == []


def test_a_hub_that_does_not_take_it_is_asked_again(site):
    """After a minute, then two, four …; it is told of the newest state once, and why it failed is kept."""
    site.status = 503
    site.wait(minutes=1)
    site.add(1, "ml")
    site.publish()
    site.tell()
    failing = [ping for ping in read_pings(site.store) if ping.failures]
    assert [ping.feed for ping in failing] == _feeds("all", "ml")
    assert all("503" in ping.error for ping in failing)
    assert {ping.due_at for ping in failing} == {site.now + timedelta(minutes=1)}
    site.add(2, "ml")
    site.publish()
    site.status = 202
    assert site.tell() == []
    site.wait(minutes=1)
    assert site.tell() == _feeds("all", "ml")
    assert not any(ping.failures or ping.error or ping.due_at for ping in read_pings(site.store))


def test_waits_between_tries_double_up_to_a_bound():
    """However often a hub fails, it is asked again within the longest wait."""
    ping, waits = HubPing(feed="f", hub_url="h", changed_at=NOW, due_at=NOW), []
    for _ in range(40):
        ping = note_unpinged(ping, ping, reason="why", now=NOW)
        waits.append(ping.due_at - NOW)
    assert waits[:4] == [timedelta(minutes=m) for m in (1, 2, 4, 8)]
    assert waits[-1] == LONGEST_RETRY


def test_a_hub_at_a_private_address_is_refused(site):
    """The guard against private addresses holds for hubs as well."""
    site.is_private_allowed = False
    site.wait(minutes=1)
    site.add(1, "ml")
    site.publish()
    assert site.tell() == []
    assert {ping.failures for ping in read_pings(site.store) if ping.due_at} == {1}


def test_a_hub_that_is_configured_no_more_is_told_nothing(site):
    """What waits for it is forgotten, and its feeds are no longer known by it."""
    site.wait(minutes=1)
    site.add(1, "ml")
    site.publish()
    site.setup = site.setup.set("websub", publish_hubs=[])
    assert site.tell() == []
    assert not find_due_pings(site.store, site.now, MAX_PINGS)
    site.publish()
    assert read_pings(site.store) == ()


def test_killed_before_it_was_kept_it_is_told_of_all_the_same(site):
    """Files on disk that no transaction kept: the next publication finds them written, and tells of them."""
    site.wait(minutes=1)
    site.add(1, "ml")
    site.close()
    before = site.database.read_bytes()
    site.publish()
    site.close()
    site.database.write_bytes(before)
    assert not [name for name in site.publish().changed if name.startswith("ml/")]
    assert site.tell() == _feeds("all", "ml")


def test_a_removed_topic_is_told_of_no_more(site):
    """Nothing is known of its feeds once it is configured no more."""
    site.setup = replace(site.setup, topics=tuple(one for one in site.setup.topics if one.id != "robots"))
    site.publish()
    assert not [ping for ping in read_pings(site.store) if ping.feed.startswith("robots/")]
