"""Work that APScheduler starts again and again, whatever the machine's clock is set to meanwhile.

APScheduler plans by the clock. Set back by a day, it would start nothing for that day; set forward by
years, it would count every start that it missed. So each start is planned from the time of the
last, and what is planned later than that, by a clock that was ahead, is planned anew.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from aggregator.service.job_errors import JobErrors

JobFunction = Callable[[], Awaitable[None]]

CHECK_CLOCK_S = 1.0
SET_BACK = timedelta(seconds=1)
"""By how much the clock is set back before what waits for it is planned anew."""


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no types
    """A start after each ``pause``, counted from when the last one was due, or looked for where that is late.

    Jobs that begin together so stay together: to wake up costs as much as most of them.
    """

    def __init__(self, pause: timedelta) -> None:
        self.pause = pause

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return when to start next; at once where there was no start before."""
        if previous_fire_time is None:
            return now
        planned = previous_fire_time + self.pause
        return planned if now < planned <= now + self.pause else now + self.pause


def _make_scheduler() -> AsyncIOScheduler:
    defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    return AsyncIOScheduler(timezone=UTC, job_defaults=defaults)


@dataclass(slots=True)
class Jobs:
    """Each job runs once at a time; an error of one is logged and does not stop the others.

    ``on_start`` is called with the name of a job that starts and how many seconds after it was due, by the
    clock; ``on_error`` with that of one that ended with an error. What was due while it was at work is late:
    ``due_at`` has since when.
    """

    under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    errors: JobErrors = field(default_factory=JobErrors)
    scheduler: AsyncIOScheduler = field(default_factory=_make_scheduler)
    clock_task: asyncio.Task[None] | None = None
    on_start: Callable[[str, float], None] = lambda _name, _late_s: None
    on_error: Callable[[str], None] = lambda _: None
    due_at: dict[str, datetime] = field(default_factory=dict)

    def add(self, name: str, function: JobFunction, every: timedelta) -> None:
        """Call ``function`` at the start and after every such pause, unless the call before is at work."""
        self.scheduler.add_job(self._launch, Every(every), args=[name, function], id=name)

    def hasten(self, name: str, after_s: float) -> None:
        """Start a job so soon, unless its next start is sooner than that; without such a job do nothing."""
        job = self.scheduler.get_job(name)
        at = datetime.now(UTC) + timedelta(seconds=after_s)
        if job is not None and job.next_run_time > at:
            job.modify(next_run_time=at)

    def launch(self, name: str, function: JobFunction) -> asyncio.Task[None]:
        """Start a job now, as a task of our own, unless it is at work; return the task that is."""
        if name not in self.under_way or self.under_way[name].done():
            self.under_way[name] = asyncio.create_task(self.run(name, function))
        return self.under_way[name]

    def start(self) -> None:
        """Begin, in the event loop that runs."""
        self.scheduler.add_listener(self._note_start, EVENT_JOB_EXECUTED)
        self.scheduler.start()
        self.clock_task = asyncio.create_task(self._follow_clock())

    async def stop(self, others: Iterable[asyncio.Task[None]] = ()) -> None:
        """Cancel all jobs, and ``others``, and wait for what they must finish."""
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)
        clock_task = () if self.clock_task is None else (self.clock_task,)
        tasks = [*clock_task, *self.under_way.values(), *others]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def run(self, name: str, function: JobFunction) -> None:
        """Call ``function``, and log an error that it raises as one of the job ``name``."""
        try:
            await function()
        except Exception as error:  # a fault of ours in one job must not stop the others
            self.errors.log_error(name, error)
            self.on_error(name)

    async def _launch(self, name: str, function: JobFunction) -> bool:
        """Start a job as a task of our own, which ends quietly at the stop; tell whether it began."""
        task = self.under_way.get(name)
        return self.launch(name, function) is not task

    def _note_start(self, event: JobExecutionEvent) -> None:
        due_at = self.due_at.setdefault(event.job_id, event.scheduled_run_time)
        if event.retval:
            del self.due_at[event.job_id]
            self.on_start(event.job_id, (datetime.now(UTC) - due_at).total_seconds())

    async def _follow_clock(self) -> None:
        while True:
            await asyncio.sleep(CHECK_CLOCK_S)
            now = datetime.now(UTC)
            for job in self.scheduler.get_jobs():
                if job.next_run_time > now + job.trigger.pause + SET_BACK:
                    job.modify(next_run_time=now)
