"""A subscriber: store, poller, subscriptions and callbacks, each step called by the test, with its own clock."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aggregator.cadence.plan import plan_poll
from aggregator.config import Config, Settings
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.form import FormPoster
from aggregator.fetch.resolve import look_up
from aggregator.model import Source
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.round import poll
from aggregator.pipeline.push.read import read_pushes
from aggregator.pipeline.push.receive import Receiver
from aggregator.pipeline.push.subscribe import subscribe_due
from aggregator.rules import Rules
from aggregator.serve import Server, create_app
from aggregator.store import (
    open_store,
    read_article_batches,
    read_remembered_sources,
    read_source_state,
    read_subscriptions,
)
from tests.empty_store import put_empty_store
from tests.integration.site import item, rss
from tests.loopback import Answer

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
MAX_BODY_BYTES = 200_000
TOPIC = "/feed"


@dataclass
class AnnouncingSite:
    """A feed on a loopback server that announces a hub by its header."""

    server: object
    hub_url: str | None
    items: int = 3
    self_url: str = ""

    def __post_init__(self):
        self.url = self.server.url + TOPIC
        self.self_url = self.self_url or self.url
        self.show()

    def show(self, items: int | None = None) -> None:
        """Answer polls with the newest entries up to number ``items``."""
        self.items = self.items if items is None else items
        links = [f'<{self.self_url}>; rel="self"']
        links += [f'<{self.hub_url}>; rel="hub"'] if self.hub_url else []
        headers = {"Content-Type": "application/rss+xml", "Link": tuple(links)}
        self.server.route(TOPIC, Answer(body=self.document(), headers=headers))

    def document(self, *numbers: int) -> bytes:
        """Return a document with these entries, all that are shown if none is named."""
        chosen = numbers or range(self.items, max(self.items - 20, 0), -1)
        return rss(*(item(number, _date(number)) for number in chosen))


def _date(number: int) -> str:
    return format_datetime(START - timedelta(hours=50) + timedelta(hours=number))


@dataclass
class PushSubscriber:
    """One source, ``daily``, polled and pushed; ``now`` is moved by the test."""

    folder: object
    url: str
    websub: dict = field(default_factory=dict)
    limits: dict = field(default_factory=dict)
    look_up: object = look_up
    now: datetime = START
    enabled: bool = True
    port: int = 0

    def __enter__(self):
        self.store = open_store(put_empty_store(self.folder / "aggregator.db"))
        lease = timedelta(days=10)
        self.receiver = Receiver(
            store=self.store, clock=lambda: self.now, lease=lease, max_body_bytes=MAX_BODY_BYTES
        )
        self.folder.joinpath("feeds").mkdir(exist_ok=True)
        self.server = Server(create_app(self.folder / "feeds", hubs=self.receiver), "127.0.0.1", self.port)
        self.server.start()
        self.configure()
        return self

    def __exit__(self, *_):
        self.server.stop()
        self.store.close()

    def configure(self, **changes):
        """Take up the source as it is configured; ``enabled`` and ``url`` may change."""
        for name, value in changes.items():
            setattr(self, name, value)
        sources = (Source(id="daily", url=self.url, enabled=self.enabled),) if self.url else ()
        websub = {"public_url": self.server.url, **self.websub}
        settings = Settings(websub=websub, polling={"max_interval_min": 43_200})
        config = Config(folder=self.folder, settings=settings, sources=sources)
        self.store.sync_sources(sources, now=self.now)
        self.rules = Rules.of(config, read_remembered_sources(self.store))

    def pass_time(self, **span):
        """Let time pass."""
        self.now += timedelta(**span)

    def poll(self):
        """Poll the source once, and return what came of it."""
        return asyncio.run(self._poll())

    def subscribe(self):
        """Do what is due about subscriptions, and return how many hubs were asked."""
        return asyncio.run(self._subscribe())

    def read(self):
        """Read what was pushed."""
        return asyncio.run(read_pushes(self._context(Fetcher(self._limits()))))

    @property
    def subscription(self):
        """The source's subscription, None where it has none; there must be no second."""
        found = read_subscriptions(self.store, "daily")
        assert len(found) < 2
        return found[0] if found else None

    @property
    def state(self):
        """What polling knows of the source."""
        return read_source_state(self.store, "daily")

    @property
    def waits(self):
        """How long the next poll is away."""
        return self.state.next_poll_at - self.now

    @property
    def slowed(self):
        """How many times as long the next poll is away as its source's own rhythm would have it."""
        intervals = self.rules.polling.intervals.of(self.rules.sources["daily"])
        return self.waits / plan_poll(self.state, intervals=intervals, now=self.now).wait

    def titles(self):
        """The titles of what is stored, in order; nothing may be stored twice."""
        return sorted(article.title for batch in read_article_batches(self.store) for article in batch)

    async def _poll(self):
        async with Fetcher(self._limits()) as fetcher:
            done = await poll(["daily"], self._context(fetcher))
        return done[0]

    async def _subscribe(self):
        async with FormPoster(self._limits(), look_up=self.look_up) as poster:
            return await subscribe_due(self._context(Fetcher(self._limits())), poster)

    def _context(self, fetcher):
        return Context(rules=self.rules, store=self.store, fetcher=fetcher, clock=lambda: self.now)

    def _limits(self):
        return FetchLimits(**{"allow_private_addresses": True, "timeout_s": 5, **self.limits})
