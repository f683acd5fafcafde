"""The service on one machine: APScheduler starts polls, publishing and pruning while it runs.

Due times are in the store; a job only asks often what is due. One that found the one before still at
work loses nothing. Pauses between jobs pass by the time that passes, whatever the clock is set to.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from aggregator.errors import AggregatorError
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.form import FormPoster
from aggregator.fetch.pages import PageFetcher
from aggregator.pipeline.doctor import Desk, examine_due
from aggregator.pipeline.enrich.article_pages import enrich_due
from aggregator.pipeline.enrich.illustrations import illustrate
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.poll.round import Clock, Poll
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.publish.remnants import remove_remnants
from aggregator.pipeline.push.receive import read_pushes
from aggregator.pipeline.push.subscribe import subscribe_due
from aggregator.pipeline.records import publish_records
from aggregator.pipeline.removals import prune
from aggregator.rules import Rules
from aggregator.secured import Keys
from aggregator.service.clock_watch import ClockWatch
from aggregator.service.jobs import Jobs
from aggregator.service.live_config import LiveConfig
from aggregator.service.signals import reload_on_signal, stop_on_signals
from aggregator.service.store_watch import StoreWatch
from aggregator.service.tree_watch import TreeWatch
from aggregator.service.visits import Visits
from aggregator.store import Store, sqlite_file

TICK_S = 1
PUBLISH_CHECK_S = 2
TREE_CHECK_S = 5
STORE_CHECK_S = 5
PUBLISH_AT_LEAST = timedelta(minutes=1)
GROUP_CHECK_S = 1
ENRICH_CHECK_S = 3
PICTURES_CHECK_S = 3
PICTURES_AT_LEAST = timedelta(hours=1)
PRUNE_CHECK_S = 60
PRUNE_AT_LEAST = timedelta(hours=6)
EXAMINE_S = 60
PUSHES_CHECK_S = 1
SUBSCRIBE_CHECK_S = 5
STALLED_AFTER = timedelta(minutes=2)
RECORDS_CHECK_S = 10.0
RECORDS_SHARE = 20
"""Records are every article ever kept: writing them takes at most one twentieth of the time."""

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class Service:
    """What runs between start and stop; ``live`` brings the rules of a changed configuration, if any can be.

    ``on_stop`` is called once, when the end begins.
    """

    rules: Rules
    store: Store
    fetcher: Fetcher
    pages: PageFetcher
    clock: Clock
    on_stop: Callable[[], None]
    live: LiveConfig | None = None
    poster: FormPoster | None = None
    keys: Keys = field(default_factory=Keys)
    stories: StoryDesk = field(default_factory=StoryDesk)
    has_ungrouped: bool = True
    records_again_at_s: float = float("-inf")
    is_dirty: bool = True
    published_at_s: float = float("-inf")
    marks: Mapping[str, str] = field(default_factory=dict)
    has_unseen_pictures: bool = False
    pictures_at_s: float = float("-inf")
    jobs: Jobs = field(default_factory=Jobs)
    ticked_at_s: float = float("-inf")
    pruned_at_s: float = float("-inf")
    failure: str | None = None
    visits: Visits = field(init=False)
    watch: ClockWatch = field(init=False)
    tree: TreeWatch = field(init=False)
    file: StoreWatch = field(init=False)

    def __post_init__(self) -> None:
        self.visits = Visits(
            store=self.store, fetcher=self.fetcher, pages=self.pages, clock=self.clock, on_done=self._note
        )
        self.watch = ClockWatch(store=self.store, clock=self.clock)
        self.tree = TreeWatch(folder=self.rules.feeds_dir)
        self.file = StoreWatch(file=sqlite_file(self.store.url))

    async def run(self) -> None:
        """Poll, publish and prune until SIGTERM or Ctrl-C, then let what is being stored finish."""
        stop = stop_on_signals()
        if self.live is not None:
            reload_on_signal(self.live, stop)
        jobs = (
            (self.reload, TICK_S),
            (self.tick, TICK_S),
            (self.group, GROUP_CHECK_S),
            (self.publish, PUBLISH_CHECK_S),
            (self.check_tree, TREE_CHECK_S),
            (self.check_store, STORE_CHECK_S),
            (self.check_pictures, PICTURES_CHECK_S),
            (self.enrich, ENRICH_CHECK_S),
            (self.prune, PRUNE_CHECK_S),
            (self.examine, EXAMINE_S),
            (self.take_pushes, PUSHES_CHECK_S),
            (self.subscribe, SUBSCRIBE_CHECK_S),
        )
        for work, every_s in jobs:
            self.jobs.add(work, every_s)
        self.jobs.start()
        try:
            await stop.wait()
        finally:
            self.on_stop()
            await self.jobs.stop(self.visits.under_way.values())

    async def reload(self) -> None:
        """Take up a changed configuration."""
        # Thousands of sources take seconds to check: exchanges under way must not wait for that.
        rules = await asyncio.to_thread(self.live.reload) if self.live else None
        if rules is not None:
            self.rules, self.is_dirty, self.marks = rules, True, {}

    async def tick(self) -> None:
        """Start polling what is due and not under way."""
        await self.watch.look(self.rules)
        if not self.watch.is_behind():  # what is read now would be dated so, and be pruned once it is set
            await self.visits.start_due(self.rules)
        self.ticked_at_s = time.monotonic()

    async def take_pushes(self) -> None:
        """Read what hubs pushed."""
        done = await read_pushes(rules=self.rules, store=self.store, clock=self.clock, pages=self.pages)
        self.is_dirty = self.is_dirty or bool(done.new or done.edited)
        self.has_ungrouped = self.has_ungrouped or bool(done.new)

    async def subscribe(self) -> None:
        """Subscribe at the hubs that sources announce, renew what ends, and leave what is not wanted."""
        if self.poster is not None:
            await subscribe_due(rules=self.rules, store=self.store, poster=self.poster, clock=self.clock)

    async def publish(self) -> None:
        """Publish where something changed, and once a minute for what ages out of the window."""
        loop = asyncio.get_running_loop()
        if not self.is_dirty and loop.time() - self.published_at_s < PUBLISH_AT_LEAST.total_seconds():
            return
        self.has_unseen_pictures = self.has_unseen_pictures or self.is_dirty
        self.is_dirty, self.published_at_s, self.tree.is_publishing = False, loop.time(), True
        rules = self.rules
        try:
            done = await asyncio.to_thread(
                publish, rules=rules, store=self.store, now=self.clock(), written=self.marks,
                standing=self.tree.files, is_clock_trusted=self.watch.is_trusted(),
            )  # fmt: skip
            self.tree.files = done.files
        except Exception as error:
            # What was written is not known: no mark tells what the files show.
            self.failure, self.is_dirty, self.marks = str(error), True, {}
            raise
        finally:
            self.tree.is_publishing = False
        self.failure = next(iter(done.errors), None)
        self.marks = done.marks if rules is self.rules else {}
        await self._publish_records()
        for problem in done.errors:
            log.error("publish", error=problem)
        if done.changed:
            log.info("publish", topics=len(done.items), written=len(done.changed), unchanged=done.unchanged)

    async def check_tree(self) -> None:
        """Publish where files of the tree were removed by somebody."""
        if not await asyncio.to_thread(self.tree.look):
            self.is_dirty = True

    async def check_store(self) -> None:
        """Look whether the database was removed or replaced by somebody."""
        await asyncio.to_thread(self.file.problem)

    async def group(self) -> None:
        """Put new articles into stories."""
        if not self.has_ungrouped:
            return
        self.has_ungrouped = False
        try:
            done = await asyncio.to_thread(
                self.stories.group, rules=self.rules, store=self.store, now=self.clock()
            )
        except Exception:
            self.has_ungrouped = True
            raise
        if done:
            self.is_dirty = True
            log.info("group", articles=done)

    async def enrich(self) -> None:
        """Read the pages of new articles, and prove AMP pages again that were proved some days ago."""
        done = await enrich_due(rules=self.rules, store=self.store, pages=self.pages, clock=self.clock)
        if done:
            self.is_dirty = True
            log.info("enrich", articles=done)

    async def check_pictures(self) -> None:
        """Look at the pictures and logos of new articles, and once an hour at those to be tried again."""
        loop = asyncio.get_running_loop()
        since_s = loop.time() - self.pictures_at_s
        if not self.has_unseen_pictures and since_s < PICTURES_AT_LEAST.total_seconds():
            return
        self.has_unseen_pictures, self.pictures_at_s = False, loop.time()
        try:
            done = await illustrate(
                rules=self.rules,
                store=self.store,
                fetcher=self.fetcher,
                pages=self.pages,
                clock=self.clock,
            )
        except AggregatorError as error:
            log.error("pictures", error=str(error))  # noqa: TRY400  # the line says it all
            return
        self.has_unseen_pictures = self.has_unseen_pictures or done.left > 0
        self.is_dirty = self.is_dirty or done.is_changed
        if done.is_changed:
            log.info("pictures", pictures=done.pictures, logos=done.logos, left=done.left)

    async def _publish_records(self) -> None:
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        if started_s < self.records_again_at_s:
            return
        try:
            done = await asyncio.to_thread(
                publish_records, rules=self.rules, store=self.store, keys=self.keys, now=self.clock()
            )
        except AggregatorError as error:
            log.error("records", error=str(error))  # noqa: TRY400  # the line says it all
            return
        took_s = loop.time() - started_s
        self.records_again_at_s = loop.time() + max(RECORDS_CHECK_S, RECORDS_SHARE * took_s)
        for problem in done.errors:
            log.error("records", error=problem)
        if done.changed or done.removed:
            log.info("records", written=done.changed, unchanged=done.unchanged, removed=done.removed)

    def health(self) -> Mapping[str, object]:
        """Return whether the service polls and publishes as it should, for ``/healthz``.

        It is degraded where it does so in spite of something that an operator has to mend.
        """
        late = time.monotonic() - self.ticked_at_s > STALLED_AFTER.total_seconds()
        missing = [text for text in (self.file.problem(), self.tree.problem()) if text]
        ok = not late and self.failure is None and self.visits.store_failure is None and not missing
        wrong = [text for text in (*missing, self.live.degradation() if self.live else None) if text]
        return {"ok": ok, "sources": len(self.rules.sources), **({"degraded": wrong} if wrong else {})}

    async def prune(self) -> None:
        """Remove what is past ``publish.retention_days``, once the clock can be believed."""
        loop = asyncio.get_running_loop()
        now = self.clock()  # which is trusted next, and not what it may be set to after that
        if loop.time() - self.pruned_at_s < PRUNE_AT_LEAST.total_seconds() or not self.watch.is_trusted():
            return
        done = await asyncio.to_thread(prune, rules=self.rules, store=self.store, now=now)
        is_first, self.pruned_at_s = self.pruned_at_s == float("-inf"), loop.time()
        self.marks, self.is_dirty = {}, True  # whatever shows what is gone is written anew
        if done.articles or done.sources:
            log.info("prune", removed=done.articles, sources=done.sources)
        if is_first:
            await asyncio.to_thread(remove_remnants, rules=self.rules, store=self.store)

    async def examine(self) -> None:
        """Look for where sources have gone that do not answer any more; what is found is proposed."""
        desk = Desk(
            rules=self.rules, store=self.store, fetcher=self.fetcher, pages=self.pages, clock=self.clock
        )
        try:
            await examine_due(desk)
        except AggregatorError as error:
            log.error("doctor", error=str(error))  # noqa: TRY400  # the line says it all

    def _note(self, done: Poll) -> None:
        self.is_dirty = self.is_dirty or bool(done.new or done.edited)
        self.has_ungrouped = self.has_ungrouped or bool(done.new)
