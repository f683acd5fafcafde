"""The polls that are under way: which are started, and what their ends mean for the next."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from aggregator.errors import AggregatorError
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.machine.shortage import shortage_of
from aggregator.pipeline.poll.round import Clock, Poll, poll_source
from aggregator.pipeline.poll.storing import PollStore
from aggregator.rules import Rules
from aggregator.store import Store
from aggregator.urls.services import service_of_url

STORE_PAUSE_S = 60.0
"""No publisher is asked again sooner where what was answered could not be kept or read, by our own fault."""

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class Visits:
    """Polls under way by source id; ``on_done`` hears of each as it ends.

    ``store_failure`` is what kept the last poll from being read or stored, None where it was.
    """

    store: Store
    fetcher: Fetcher
    pages: PageFetcher
    clock: Clock
    on_done: Callable[[Poll], None]
    under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    store_failure: str | None = None
    again_at_s: float = float("-inf")
    batches: PollStore = field(init=False)

    def __post_init__(self) -> None:
        self.batches = PollStore(self.store)

    async def start_due(self, rules: Rules) -> None:
        """Start polling what is due and not under way, as far as there is room; raises StoreError."""
        room = self.fetcher.in_flight - len(self.under_way)
        is_paused = asyncio.get_running_loop().time() < self.again_at_s or self.fetcher.turns.are_all_held()
        if room <= 0 or is_paused:
            return
        due = await asyncio.to_thread(
            self.store.due_source_ids,
            self.clock(),
            room + len(self.under_way),
            per_service=2 * rules.polls_per_service,
            without=self.fetcher.turns.held(),  # the store does not know what pages were answered
        )
        # The turns of a service are few and paced: its sources wait in the store, not in our places.
        taken = Counter(_service_of(source_id, rules) for source_id in self.under_way)
        for source_id in due:
            if source_id in self.under_way or source_id not in rules.sources:
                continue
            service = _service_of(source_id, rules)
            if taken[service] < rules.polls_per_service:
                taken[service] += 1
                self.under_way[source_id] = asyncio.create_task(self._visit(source_id, rules))

    async def _visit(self, source_id: str, rules: Rules) -> None:
        try:
            done = await poll_source(
                rules.sources[source_id], rules=rules, store=self.batches, fetcher=self.fetcher,
                clock=self.clock, pages=self.pages,
            )  # fmt: skip
            self.on_done(done)
            self.store_failure = None
        except AggregatorError as error:
            self._pause(source_id, error)
        except Exception as error:  # a fault of ours with one source must not stop the others
            self._pause(source_id, error)
            if shortage_of(error) is None:
                log.exception("unexpected", source=source_id)
        finally:
            del self.under_way[source_id]

    def _pause(self, source_id: str, error: Exception) -> None:
        """Let no poll begin for a while; of those that end until then only the first is told of."""
        now_s = asyncio.get_running_loop().time()
        is_told = isinstance(error, AggregatorError)
        self.store_failure = str(error) if is_told else shortage_of(error) or type(error).__name__
        if now_s >= self.again_at_s:
            log.error("poll", source=source_id, error=self.store_failure, again_in_s=STORE_PAUSE_S)
        self.again_at_s = now_s + STORE_PAUSE_S


def _service_of(source_id: str, rules: Rules) -> str:
    source = rules.sources.get(source_id)
    return service_of_url(source.url) if source else ""
