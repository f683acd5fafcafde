"""Work that APScheduler starts again and again, whatever the machine's clock is set to meanwhile.

APScheduler plans by the clock. Set back by a day, it would start nothing for that day; set forward by
years, it would count every start that it missed. So each start is planned from the last look at the
clock, and where the clock was set back everything is planned anew.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from aggregator.service.job_errors import JobErrors

Work = Callable[[], Awaitable[None]]

LOOK_S = 1.0
SET_BACK = timedelta(seconds=1)
"""By how much the clock is set back before everything is planned anew."""


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no types
    """A start as often as every ``seconds``, counted from when the last one was due or looked for."""

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return when to start next; at once where there was no start before."""
        return now if previous_fire_time is None else now + self._pause


def _make_scheduler() -> AsyncIOScheduler:
    defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    return AsyncIOScheduler(timezone=UTC, job_defaults=defaults)


@dataclass(slots=True)
class Jobs:
    """Each job runs once at a time; an error of one is told in the log and does not stop the others."""

    under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    errors: JobErrors = field(default_factory=JobErrors)
    scheduler: AsyncIOScheduler = field(default_factory=_make_scheduler)
    follows: asyncio.Task[None] | None = None

    def add(self, work: Work, every_s: float) -> None:
        """Start ``work`` at the beginning, and as often; where the one before is at work, it is left out."""
        self.scheduler.add_job(self._launch, Every(every_s), args=[work], id=work.__name__)

    def start(self) -> None:
        """Begin, in the event loop that runs."""
        self.scheduler.start()
        self.follows = asyncio.create_task(self._follow_clock())

    async def stop(self, others: Iterable[asyncio.Task[None]] = ()) -> None:
        """Cancel all jobs, and ``others``, and wait for what they must finish."""
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)
        follows = () if self.follows is None else (self.follows,)
        tasks = [*follows, *self.under_way.values(), *others]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _launch(self, work: Work) -> None:
        """Start a job as a task of our own, which can end quietly when the service stops."""
        name = work.__name__
        if name not in self.under_way or self.under_way[name].done():
            self.under_way[name] = asyncio.create_task(self._guarded(name, work))

    async def _guarded(self, name: str, work: Work) -> None:
        try:
            await work()
        except Exception as error:  # a fault of ours in one job must not stop the others
            self.errors.tell(name, error)

    async def _follow_clock(self) -> None:
        before = _ahead()
        while True:
            await asyncio.sleep(LOOK_S)
            ahead = _ahead()
            if ahead < before - SET_BACK:
                for job in self.scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))
            before = ahead


def _ahead() -> timedelta:
    """Return by how much the clock is ahead of the time that passed since some fixed moment."""
    at = datetime.now(UTC) - datetime.min.replace(tzinfo=UTC)
    return at - timedelta(seconds=asyncio.get_running_loop().time())
