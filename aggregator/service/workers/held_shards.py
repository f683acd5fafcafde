"""The shards whose publishers this worker asks now: it has each for some seconds, and others have the others.

All that is asked of a service, feeds and pages, is in one shard, and a shard is with one worker at a time, so
no publisher is asked by two. A worker that cannot be sure any more that its shards are its own asks nobody.
"""

import asyncio
import math
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import structlog

from aggregator.pipeline.page_pauses import keep_site_pauses, take_up_pauses
from aggregator.pipeline.page_share import PageShare
from aggregator.pipeline.poll.report import Poll
from aggregator.rules import Rules
from aggregator.service.state import ServiceState
from aggregator.store import SHARDS, shard_of
from aggregator.urls.services import service_of_url

HOLD_S = 20.0
"""How long a worker has a shard, and again as long where it asked publishers of it meanwhile."""
HOLD_AT_MOST_S = 300.0
"""How long it has one that it asks again and again: a job of the queue costs as much as some polls."""

log = structlog.get_logger()


def read_steady_s() -> float:
    """Return seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def _make_set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass(kw_only=True, slots=True)
class HeldShard:
    """What was done while a shard was held.

    It is held since ``since_s``, by ``time.monotonic``. So many ``pages`` were asked for, until
    ``pages_until_s``; so many are ``reading`` now, and once none is, ``is_read`` is set. Once ``leaving`` is
    set it is left to others. It ``is_claimed`` where only this worker can ask for what is wanted there.
    """

    polled: int = 0
    new: int = 0
    pages: int = 0
    is_claimed: bool = False
    since_s: float = field(default_factory=time.monotonic)
    pages_until_s: float = math.inf
    reading: int = 0
    is_read: asyncio.Event = field(default_factory=_make_set)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(kw_only=True, slots=True)
class HeldShards:
    """The shards held, of ``count`` that are for so many ``workers``.

    ``sure_at_s`` is when they were last known to be our own: for ``sure_for_s`` from then publishers are
    asked, which is much less than others wait until they do the jobs of a silent worker. ``on_hold`` is
    called when another is held, ``on_cut`` where one has to be left although its pages are being read.
    ``wanted`` are those of which pictures are to be asked for: who writes the tree has to hold them for that.
    """

    state: ServiceState
    count: int
    sure_for_s: float
    workers: int = 1
    steady_s: Callable[[], float] = read_steady_s
    on_hold: Callable[[], None] = lambda: None
    on_cut: Callable[[], None] = lambda: None
    wanted: frozenset[int] = frozenset()
    beginning: set[int] = field(default_factory=set)
    held: dict[int, HeldShard] = field(default_factory=dict)
    ending: dict[int, HeldShard] = field(default_factory=dict)
    is_ended: bool = False
    sure_at_s: float = float("-inf")

    async def hold(self, number: int, *, is_claimed: bool = False) -> None:
        """Ask publishers of a shard for a while, or until it is to be left; ends with the last answer.

        A worker that has its part of them leaves it to others, to whom it is offered next. So does one whose
        network is down, but for one shard: it finds out by that when it is up again. Raises StoreError where
        it cannot be told who is to be left alone. One that it ``is_claimed`` is held however many it has, as
        long as it is ``wanted``.
        """
        if self.count_room(is_claimed=is_claimed) <= 0 or (is_claimed and number not in self.wanted):
            return
        self.beginning.add(number)
        try:
            await take_up_pauses(self._list_parts(number), self.state.context)
        finally:
            self.beginning.discard(number)
        await self._hold_until_left(number, is_claimed=is_claimed)

    def want(self, urls: Collection[str]) -> None:
        """Note of which shards pictures are to be asked for, and leave those claimed of which none is."""
        self.wanted = frozenset(map(self._number_of, urls))
        for number, shard in self.held.items():
            if shard.is_claimed and number not in self.wanted:
                shard.leaving.set()

    def list_claims(self) -> frozenset[int]:
        """Return the shards that are wanted, and to be got from the queue."""
        if self.is_ended or self._is_down():
            return frozenset()
        return self.wanted - self.held.keys() - self.beginning

    def has_wanted(self) -> bool:
        """Tell whether a shard is held that is wanted."""
        return not self.wanted.isdisjoint(self.held)

    def count_room(self, *, is_claimed: bool = False) -> int:
        """Return how many more it takes, of those that it claimed or of all; it may have too many."""
        most = self.count if is_claimed else self._count_share()
        most = 0 if self.is_ended else 1 if self._is_down() else most
        return most - len(self.held) - len(self.beginning)

    def share_with(self, workers: int) -> None:
        """Leave to others what is more than the share of one of so many workers, those held longest first."""
        self.workers = workers
        held = [shard for shard in self.held.values() if not shard.leaving.is_set()]
        for shard in held[: max(0, len(held) - self._count_share())]:
            shard.leaving.set()

    def leave_claimed(self, numbers: Collection[int]) -> None:
        """Leave shards that other workers claimed, as far as they were held for a while."""
        for number in self.held.keys() & numbers:
            if time.monotonic() >= self.held[number].since_s + HOLD_S:
                self.held[number].leaving.set()

    def end(self) -> None:
        """Leave all to others, for good."""
        self.is_ended = True
        for shard in self.held.values():
            shard.leaving.set()

    def _is_down(self) -> bool:
        return self.state.context.fetcher.outage.known is not None

    def _count_share(self) -> int:
        return -(-self.count // self.workers)

    async def _hold_until_left(self, number: int, *, is_claimed: bool) -> None:
        shard = self.held[number] = HeldShard(is_claimed=is_claimed)
        self.on_hold()
        if self.is_ended:
            shard.leaving.set()
        try:
            await self._wait_until_left(number, shard)
        finally:
            try:
                await self._end_reading(number, shard)  # which may take a while, and polls go on
            finally:
                self.ending[number] = self.held.pop(number)
            try:
                await self._finish(number, shard)
            finally:
                del self.ending[number]
        log.info(
            "poll_shard", shard=number, polled=shard.polled, new=shard.new,
            seconds=round(time.monotonic() - shard.since_s, 1),
        )  # fmt: skip

    async def _wait_until_left(self, number: int, shard: HeldShard) -> None:
        """Wait until a shard is to be left, or none of its publishers was asked for a while.

        Those taken at the same moment are left at different ones, so that polls do not stop all at once.
        """
        at_most_s = HOLD_S if shard.is_claimed else HOLD_AT_MOST_S * (1 + number / self.count) / 2
        until_s, asked_before = shard.since_s + at_most_s, -1
        while (asked := shard.polled + shard.pages) > asked_before:
            asked_before, shard.pages_until_s = asked, time.monotonic() + HOLD_S
            with suppress(TimeoutError):
                await asyncio.wait_for(shard.leaving.wait(), HOLD_S)
            if shard.leaving.is_set() or time.monotonic() >= until_s or self._is_down():
                return

    def choose_shards(self) -> Collection[int] | None:
        """Return of which shards in the store publishers may be asked now, None for all."""
        if not self._is_sure():
            return ()
        if len(self.held) == self.count:
            return None
        return tuple(shard for number in self.held for shard in self._list_parts(number))

    def share_pages(self) -> PageShare:
        """Return the share of the pages and pictures that are asked for here: those of the shards held."""
        return PageShare(
            choose_shards=self.choose_shards, read=self._read_page, want=self.want, is_partial=True
        )

    def note_poll(self, poll: Poll, rules: Rules) -> None:
        """Count a poll that ended."""
        source = rules.sources.get(poll.source_id)
        number = -1 if source is None else self._number_of(source.url)
        shard = self.held.get(number) or self.ending.get(number)
        if shard is not None:
            shard.polled += 1
            shard.new += poll.new

    @contextmanager
    def _read_page(self, url: str) -> Iterator[float]:
        """Note that a page is read, and give until when it is to be asked for, by ``time.monotonic``."""
        shard = self.held.get(self._number_of(url))
        if shard is None:
            yield -math.inf
            return
        shard.pages += 1
        shard.reading += 1
        shard.is_read.clear()
        try:
            yield min(shard.pages_until_s, time.monotonic() + self._count_sure_s())
        finally:
            shard.reading -= 1
            if not shard.reading:
                shard.is_read.set()

    def _count_sure_s(self) -> float:
        """Return for how many seconds more the shards are surely our own."""
        return self.sure_at_s + self.sure_for_s - self.steady_s()

    def _is_sure(self) -> bool:
        return self._count_sure_s() >= 0

    def _number_of(self, url: str) -> int:
        return shard_of(service_of_url(url)) % self.count

    def _list_parts(self, number: int) -> range:
        """Return the shards in the store that are one of ours."""
        return range(number, SHARDS, self.count)

    async def _end_reading(self, number: int, shard: HeldShard) -> None:
        """Begin to read no more pages of a shard, wait for those that are read, and leave word of pauses."""
        shard.pages_until_s = -math.inf
        try:
            await shard.is_read.wait()
        except asyncio.CancelledError:
            self.on_cut()
            raise
        if shard.pages:
            await keep_site_pauses(self._list_parts(number), self.state.context)

    async def _finish(self, number: int, shard: HeldShard) -> None:
        """Wait for the polls of a shard, and for the pause that its publishers have between two."""
        tasks = [task for of, task in self._list_polls() if of == number]
        if not tasks and not shard.pages:
            return
        try:
            if tasks:
                await asyncio.wait(tasks)
            await asyncio.sleep(self.state.context.fetcher.turns.delay_s)
        except asyncio.CancelledError:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    def _list_polls(self) -> list[tuple[int, asyncio.Task[None]]]:
        sources = self.state.context.rules.sources
        return [
            (self._number_of(sources[source_id].url), task)
            for source_id, task in self.state.polls.under_way.items()
            if source_id in sources
        ]
