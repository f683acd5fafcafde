"""The polls that are under way: which are started next, and when none is, as answers cannot be kept."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from aggregator.errors import AggregatorError, StoreError
from aggregator.machine.shortage import describe_shortage
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.report import Poll
from aggregator.pipeline.poll.source import poll_source
from aggregator.pipeline.poll.storing import BatchedStore
from aggregator.pipeline.poll.workers import ParserPool
from aggregator.rules import Rules
from aggregator.store import DueSource, Store, read_due_sources
from aggregator.urls.services import service_of_url

STORE_PAUSE_S = 60.0
"""No publisher is asked again sooner where what was answered could not be kept or read, by our own fault."""

TAKEN_UP_WITHIN = timedelta(minutes=2)
"""So long a source that has another address in the store is left alone: its file is about to be read."""

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class PollsUnderWay:
    """The polls under way, by source id; ``on_done`` is called with each that ends.

    ``on_parsed`` is called with the seconds that parsing a document took.

    ``choose_shards`` returns those whose sources are polled now, None for all. ``store_failure`` is what kept
    the last poll from being read or stored, None where it was; ``has_lost_store``: that was the store.
    """

    store: Store
    on_done: Callable[[Poll], None]
    on_parsed: Callable[[float], None] = lambda _: None
    choose_shards: Callable[[], Collection[int] | None] = lambda: None
    under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    store_failure: str | None = None
    has_lost_store: bool = False
    again_at_s: float = float("-inf")
    batches: BatchedStore = field(init=False)
    parsers: ParserPool = field(init=False)

    def __post_init__(self) -> None:
        self.batches = BatchedStore(self.store)
        self.parsers = ParserPool(may_block_loop=True, on_done=self.on_parsed)

    async def start_due(self, context: Context) -> bool:
        """Start polling what is due and not under way, as far as there is room; raises StoreError.

        Returns whether the store was asked what is due.
        """
        rules, fetcher = context.rules, context.fetcher
        room = fetcher.in_flight - len(self.under_way)
        is_paused = asyncio.get_running_loop().time() < self.again_at_s or fetcher.turns.are_all_paused()
        shards = self.choose_shards()
        if room <= 0 or is_paused or (shards is not None and not shards):
            return False
        due = await asyncio.to_thread(
            read_due_sources,
            self.store,
            context.clock(),
            room + len(self.under_way),
            per_service=2 * rules.polling.per_service,
            shards=shards,
            without=fetcher.turns.list_paused(),  # the store does not know what pages were answered
        )
        if self.choose_shards() != shards:  # some may be another's by now: the next call knows
            return True
        # The turns of a service are few and paced: its sources wait in the store, not in our places.
        taken = Counter(_service_of(source_id, rules) for source_id in self.under_way)
        now = context.clock()
        for source_id in [one.id for one in due if _is_as_known(one, rules, now)]:
            if source_id in self.under_way:
                continue
            service = _service_of(source_id, rules)
            if taken[service] < rules.polling.per_service:
                taken[service] += 1
                self.under_way[source_id] = asyncio.create_task(self._poll(source_id, context))
        return True

    def resume(self) -> None:
        """Let polls begin at once, as the store is back that could not be reached."""
        if self.has_lost_store:
            self.store_failure, self.has_lost_store, self.again_at_s = None, False, float("-inf")

    async def _poll(self, source_id: str, context: Context) -> None:
        try:
            source = context.rules.sources[source_id]
            done = await poll_source(source, context, batches=self.batches, parsers=self.parsers)
            self.on_done(done)
            self.store_failure, self.has_lost_store = None, False
        except AggregatorError as error:
            self._pause(source_id, error)
        except Exception as error:  # a fault of ours with one source must not stop the others
            self._pause(source_id, error)
            if describe_shortage(error) is None:
                log.exception("unexpected", source=source_id)
        finally:
            del self.under_way[source_id]

    def _pause(self, source_id: str, error: Exception) -> None:
        """Let no poll begin for a while; of those that fail until then only the first is logged."""
        now_s = asyncio.get_running_loop().time()
        is_ours, self.has_lost_store = isinstance(error, AggregatorError), isinstance(error, StoreError)
        self.store_failure = str(error) if is_ours else describe_shortage(error) or type(error).__name__
        if now_s >= self.again_at_s:
            log.error("poll", source=source_id, error=self.store_failure, again_in_s=STORE_PAUSE_S)
        self.again_at_s = now_s + STORE_PAUSE_S


def _is_as_known(due: DueSource, rules: Rules, now: datetime) -> bool:
    """Tell whether a due source is known at the address that the store has for it.

    Where it just moved, by a command or at the desk, its new address is about to be taken up with the files:
    the old one is asked no more.
    """
    source = rules.sources.get(due.id)
    if source is None:
        return False
    return source.url == due.url or now - due.due_at > TAKEN_UP_WITHIN


def _service_of(source_id: str, rules: Rules) -> str:
    source = rules.sources.get(source_id)
    return service_of_url(source.url) if source else ""
