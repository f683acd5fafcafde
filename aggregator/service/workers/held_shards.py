"""The shards whose sources this worker polls now: it has each for some seconds, and others have the others.

All sources of a service are in one shard, and a shard is with one worker at a time, so no publisher is asked
by two. A worker that cannot be sure any more that its shards are its own begins no poll.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import structlog

from aggregator.pipeline.poll.report import Poll
from aggregator.rules import Rules
from aggregator.service.state import ServiceState
from aggregator.store import SHARDS, shard_of
from aggregator.urls.services import service_of_url

HOLD_S = 20.0
"""How long a worker has a shard: a job of the queue costs as much as some polls, and this is for many."""

log = structlog.get_logger()


def read_steady_s() -> float:
    """Return seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(kw_only=True, slots=True)
class HeldShard:
    """What was done while a shard was held."""

    polled: int = 0
    new: int = 0


@dataclass(kw_only=True, slots=True)
class HeldShards:
    """The shards held, of ``count`` that are for so many ``workers``.

    ``sure_at_s`` is when they were last known to be our own: for ``sure_for_s`` from then polls begin,
    which is much less than others wait until they do the jobs of a silent worker.
    """

    state: ServiceState
    count: int
    sure_for_s: float
    workers: int = 1
    steady_s: Callable[[], float] = read_steady_s
    held: dict[int, HeldShard] = field(default_factory=dict)
    ending: dict[int, HeldShard] = field(default_factory=dict)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    sure_at_s: float = float("-inf")

    async def hold(self, number: int) -> None:
        """Poll what is due of a shard for a while, or until it is to be left; ends with the last poll.

        A worker that has its part of them leaves it to others, to whom it is offered next. So does one whose
        network is down, but for one shard: it finds out by that when it is up again.
        """
        is_down = self.state.context.fetcher.outage.known is not None
        if len(self.held) >= (1 if is_down else -(-self.count // self.workers)):
            return
        started_s = time.monotonic()
        shard = self.held[number] = HeldShard()
        try:
            await asyncio.wait_for(self.leaving.wait(), HOLD_S)
        except TimeoutError:
            pass
        finally:
            self.ending[number] = self.held.pop(number)
            try:
                await self._finish(number)
            finally:
                del self.ending[number]
        log.info(
            "poll_shard", shard=number, polled=shard.polled, new=shard.new,
            seconds=round(time.monotonic() - started_s, 1),
        )  # fmt: skip

    def choose_shards(self) -> Collection[int] | None:
        """Return of which shards in the store polls may begin now, None for all."""
        if self.steady_s() - self.sure_at_s > self.sure_for_s:
            return ()
        if len(self.held) == self.count:
            return None
        return tuple(shard for number in self.held for shard in range(number, SHARDS, self.count))

    def note_poll(self, poll: Poll, rules: Rules) -> None:
        """Count a poll that ended."""
        source = rules.sources.get(poll.source_id)
        number = -1 if source is None else shard_of(service_of_url(source.url)) % self.count
        shard = self.held.get(number) or self.ending.get(number)
        if shard is not None:
            shard.polled += 1
            shard.new += poll.new

    async def _finish(self, number: int) -> None:
        """Wait for the polls of a shard, and for the pause that its publishers have between two."""
        tasks = [task for of, task in self._list_polls() if of == number]
        if not tasks:
            return
        try:
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
            (shard_of(service_of_url(sources[source_id].url)) % self.count, task)
            for source_id, task in self.state.polls.under_way.items()
            if source_id in sources
        ]
