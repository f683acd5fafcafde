"""A hostile source and a well-behaved one, polled side by side through the real poller into real SQLite."""

import asyncio
import shutil
from dataclasses import dataclass, field
from datetime import timedelta

from aggregator.config import Config, Settings
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.resolve import look_up
from aggregator.model import Source
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.report import Poll
from aggregator.pipeline.poll.round import poll
from aggregator.pipeline.publish.arrangement import arrange_feeds
from aggregator.pipeline.publish.feed_content import read_topic_articles
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import (
    Store,
    open_store,
    read_article_batches,
    read_remembered_sources,
    read_source_state,
)
from tests.empty_store import put_empty_store
from tests.hostile.feeds import STARTED_AT, channel, entry, news

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class RoundResult:
    """What one round came to: the hostile source's poll, and the order in which polls ended."""

    poll: Poll
    order: tuple[str, ...]

    @property
    def error(self):
        """Return the error of the hostile source's poll."""
        return self.poll.error

    @property
    def outcome(self):
        """Return the outcome of the hostile source's poll."""
        return self.poll.outcome


@dataclass
class PollingRig:
    """Two sources and their store; the clock moves an hour with every round.

    ``look_up`` answers for DNS; ``seeded`` is a database to begin with, after one round. What is stored before a round must be there after it, unedited unless
    ``may_edit`` is set for the round; the good source must give its one new entry in every round.
    """

    folder: object
    server: object
    limits: dict = field(default_factory=dict)
    look_up: object = look_up
    skipped: timedelta = timedelta(0)
    seeded: object = None
    url: str = ""
    rounds: int = 0
    good: Poll | None = None
    store: Store = field(init=False)

    @property
    def database(self):
        """Return the file of the database."""
        return self.folder / "aggregator.db"

    def __enter__(self):
        if self.seeded:
            shutil.copy(self.seeded, self.database)
            self.rounds = 1
        self.store = open_store(put_empty_store(self.database))
        return self

    def __exit__(self, *_):
        self.store.close()

    def round(self, path=None, *, url=None, may_edit=False, good_extra="", **limits):
        """Poll both sources once, the hostile one at ``path`` or ``url``, and return what came of it.

        ``good_extra`` is an entry that the good source shows besides its own.
        """
        self.url = url or (self.server.url + path if path else self.url)
        self.rounds += 1
        own = [entry(number, site="good.example") for number in range(self.rounds)[-3:]]
        self.server.good = channel(good_extra, *reversed(own), site="good.example")
        before = self.articles()
        rules = self._rules()
        self.store.sync_sources(tuple(rules.sources.values()), now=self.now)
        reported = asyncio.run(self._poll(rules, FetchLimits(**{**LIMITS, **self.limits, **limits})))
        self._check_the_good_source(reported)
        self._check_what_was_stored(before, may_edit=may_edit)
        return reported

    def seed(self, *entries, path="/news", **headers):
        """Give the hostile source a first round in which it behaves: some articles are stored."""
        self.server.serve(path, news(entries or range(100, 103)), **headers)
        reported = self.round(path)
        assert (reported.outcome, reported.error) == ("updated", None)
        return reported

    @property
    def now(self):
        """Return the time of the last round."""
        return STARTED_AT + self.rounds * HOUR + self.skipped

    def articles(self):
        """Return every stored article by id."""
        return {article.id: article for batch in read_article_batches(self.store) for article in batch}

    def of_source(self, source_id="hostile"):
        """Return the articles that a source showed first, newest first."""
        found = [a for a in self.articles().values() if a.source_id == source_id]
        return sorted(found, key=lambda a: a.published_at, reverse=True)

    def published(self):
        """Return what the feed of all topics holds of the hostile source now, in order."""
        rules = self._rules()
        arrange_feeds(Site(rules=rules, store=self.store, now=self.now))
        chosen = read_topic_articles("all", rules=rules, store=self.store)
        articles = self.articles()
        found = [articles[item.item_id] for item in chosen]
        return [article.title for article in found if article.source_id == "hostile"]

    def state(self):
        """Return what is known of the hostile source."""
        return read_source_state(self.store, "hostile")

    async def _poll(self, rules, limits):
        order = []
        async with Fetcher(limits, look_up=self.look_up) as fetcher:
            context = Context(rules=rules, store=self.store, fetcher=fetcher, clock=lambda: self.now)
            polls = await poll(
                ("hostile", "good"), context, on_done=lambda done: order.append(done.source_id)
            )
        self.good = polls[1]
        return RoundResult(poll=polls[0], order=tuple(order))

    def _check_the_good_source(self, reported):
        assert (self.good.outcome, self.good.new, self.good.error) == ("updated", 1, None)
        assert set(reported.order) == {"hostile", "good"}

    def _check_what_was_stored(self, before, *, may_edit):
        after = self.articles()
        assert before.keys() <= after.keys()
        if not may_edit:
            assert before == {article_id: after[article_id] for article_id in before}

    def _rules(self):
        sources = (
            Source(id="hostile", url=self.url or self.server.url),
            Source(id="good", url=f"{self.server.url}/good"),
        )
        settings = Settings.model_validate({"publish": {"min_items": 0}})
        config = Config(folder=self.folder, settings=settings, sources=sources)
        return Rules.of(config, read_remembered_sources(self.store))


LIMITS = {
    "allow_private_addresses": True,
    "timeout_s": 10.0,
    "connect_timeout_s": 5.0,
    "per_host": 4,
    "domain_delay_s": 0.0,
}
