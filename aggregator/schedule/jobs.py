"""Work that is started again and again, by the time that passes, whatever the clock is set to."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from aggregator.schedule.job_errors import JobErrors

Work = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Jobs:
    """Each job runs once at a time; an error of one is told in the log and does not stop the others."""

    beats: list[asyncio.Task[None]] = field(default_factory=list)
    under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    errors: JobErrors = field(default_factory=JobErrors)

    def start(self, work: Work, every_s: float) -> None:
        """Start ``work`` now, and as often; where the one before is still at work, it is left out."""
        self.beats.append(asyncio.create_task(self._repeat(work, every_s)))

    async def stop(self, others: Iterable[asyncio.Task[None]] = ()) -> None:
        """Cancel all jobs, and ``others``, and wait for what they must finish."""
        tasks = [*self.beats, *self.under_way.values(), *others]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _repeat(self, work: Work, every_s: float) -> None:
        while True:
            name = work.__name__
            if name not in self.under_way or self.under_way[name].done():
                self.under_way[name] = asyncio.create_task(self._guarded(name, work))
            await asyncio.sleep(every_s)

    async def _guarded(self, name: str, work: Work) -> None:
        try:
            await work()
        except Exception as error:  # a fault of ours in one job must not stop the others
            self.errors.tell(name, error)
