"""When a job of the queue begins that was taken from it: as soon as ``aggregator run`` would begin it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aggregator.service.job import Job
from aggregator.service.service import FIRST_AT_MOST_S


@dataclass(kw_only=True, slots=True)
class JobOrder:
    """The jobs that one worker does; ``started_at_s`` is when each began last, by ``time.monotonic``."""

    started_at_s: dict[str, float] = field(default_factory=dict)
    doing: dict[str, asyncio.Event] = field(default_factory=dict)

    @asynccontextmanager
    async def take_turn(self, job: Job) -> AsyncIterator[None]:
        """Do a job while this is entered; it waits for the one that is to be done first, if that is at work.

        What is hastened does not begin twice within its ``every``: it then does what came meanwhile, too.
        """
        is_done = self.doing[job.name] = asyncio.Event()
        try:
            await self._wait(job)
            yield
        finally:
            is_done.set()

    def note_start(self, job: Job) -> None:
        """Note that a job begins."""
        self.started_at_s[job.name] = time.monotonic()

    def find_next_start_s(self, job: Job) -> float:
        """Return from when on a job may begin again, by ``time.monotonic``."""
        every_s = job.every.total_seconds() if job.every else 0.0
        return self.started_at_s.get(job.name, float("-inf")) + every_s

    async def _wait(self, job: Job) -> None:
        first = self.doing.get(job.first or "")
        if first is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(first.wait(), FIRST_AT_MOST_S)
        if job.is_hastened:
            await asyncio.sleep(max(0.0, self.find_next_start_s(job) - time.monotonic()))
