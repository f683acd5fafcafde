"""A service without its network, and publishers that tell of the same events."""

import os
import random
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

import feedparser

from aggregator.config import load_config
from aggregator.model import Changes, SourceState
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import open_store, write_note
from tests.builders import article, provider
from tests.integration.site import SiteFolder

DAWN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
EVENTS = {
    "fire": "Fire at Kestrelholm battery plant halts accelerator deliveries",
    "court": "Appeals court overturns Brightpath copyright verdict on songbooks",
    "strike": "Dockers at Port Alder walk out over crane automation pledge",
    "vaccine": "Irida malaria vaccine halves infections in Tamburo trial",
    "rocket": "Postbird rocket scrubbed as lightning nears Skerry launchpad",
    "merger": "Lumen and Hopper shareholders approve drone merger terms",
}
DETAILS = {
    "fire": "Crews contained the blaze in the Kestrelholm battery hall; accelerator deliveries stop for weeks.",
    "court": "Judges said Brightpath may keep songbooks in its training set, overturning the copyright verdict.",
    "strike": "Dockers left the cranes at Port Alder idle, saying the automation pledge was broken.",
    "vaccine": "The Irida malaria vaccine halved infections among children in the Tamburo trial, doctors report.",
    "rocket": "Lightning near the Skerry launchpad stopped the Postbird rocket minutes before its start.",
    "merger": "Shareholders of Lumen and Hopper approved the drone merger and its terms by a wide margin.",
}
OWN = {
    name: words.split()
    for name, words in {
        "alba": "witnesses spoke quietly",
        "borealis": "officials declined comment",
        "corona": "neighbours watched anxiously",
        "dorado": "analysts expected delays",
        "eridanus": "engineers inspected damage",
        "fornax": "lawyers prepared appeals",
    }.items()
} | {f"paper{number}": [f"column{number}", "reporters"] for number in range(14)}
OPENINGS = ("", "Breaking: ", "Update: ", "Analysis: ", "What we know: ")


def told_by(publisher, event, at, *, opening=0, credit=None):
    """Return an article on an event as a publisher tells it at a time."""
    name = f"{publisher} {event} {at}"
    words = DETAILS[event].split(" ")
    random.Random(name).shuffle(words)
    title = OPENINGS[opening] + EVENTS[event]
    return article(
        at=at,
        id=str(uuid5(NAMESPACE_URL, name)),
        source_id="desk",
        entry_id=name,
        canonical_url=None,
        provider=provider(f"{publisher}.example"),
        title=title,
        excerpt=DETAILS[event]
        if credit or opening == 0
        else " ".join([*words[:9], publisher, *OWN[publisher]]),
        web_url=f"https://{publisher}.example/{abs(hash(name))}",
        stated_at=at,
        quality=80,
        topics=("news",),
        credit=credit,
    )


def entries_in(feed):
    """Return the entries of a feed's file; the same bytes are not parsed again."""
    return _parsed(feed.read_bytes())


@lru_cache(maxsize=4)
def _parsed(content):
    return feedparser.parse(content).entries


class NewsDesk:
    """The service without its network: articles come in, are grouped, and are published."""

    def __init__(self, folder, **publish):
        self.site = SiteFolder(
            folder,
            [{"id": "desk", "url": "https://desk.example/feed"}],
            [{"id": "news", "name": "News"}],
            enrich={"pages": False},
            publish={"records": False, **publish},
            images={"sizes": False},
        )
        self.config = load_config(self.site.config, os.environ)
        self.store = open_store(self.config.settings.database_url)
        self.rules = Rules.of(self.config, {})
        self.stories = StoryDesk()

    def restart(self):
        """Forget everything that is only in memory."""
        self.store.close()
        self.store = open_store(self.config.settings.database_url)
        self.stories = StoryDesk()

    def take(self, articles, now):
        """Store articles, as a poll does, group and publish."""
        if articles:
            changes = Changes(inserted=tuple(articles))
            self.store.save_poll(SourceState(source_id="desk"), articles, lambda _: changes)
        self.stories.group_site(Site(rules=self.rules, store=self.store, now=now))
        done = publish(Site(rules=self.rules, store=self.store, now=now))
        assert done.errors == ()

    @property
    def feed(self):
        return self.site.feeds / "all" / "atom.xml"

    @property
    def stories_shown(self):
        """The ids of the feed's stories, in order."""
        entries = entries_in(self.feed)
        return [entry.id.removeprefix("urn:uuid:") for entry in entries]


@contextmanager
def opened_desk(folder, **publish):
    """Give a desk with judged rules, and close it at the end."""
    made = NewsDesk(folder, **publish)
    write_note(made.store, "judged by", made.rules.digest)
    yield made
    made.store.close()
