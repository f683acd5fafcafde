"""The service on one machine: it starts the jobs of the table, stops them, and reports its health.

Pauses between jobs pass by the time that passes, whatever the clock is set to.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from aggregator.service.health import report_health
from aggregator.service.job import Job
from aggregator.service.job_table import JOBS
from aggregator.service.jobs import Jobs
from aggregator.service.signals import reload_on_signal, stop_on_signals
from aggregator.service.state import ServiceState, Work

SETTLE_S = 0.1
"""Sources are polled many at a time: what follows the first waits so long for the others."""
FIRST_AT_MOST_S = 5.0
"""A job waits no longer than this for the one that is to be done first, which goes on."""


@dataclass(kw_only=True, slots=True)
class Service:
    """What runs between start and stop; ``on_stop`` is called once, when the end begins."""

    state: ServiceState
    on_stop: Callable[[], None]
    jobs: Jobs = field(default_factory=Jobs)
    started_at_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        metrics = self.state.metrics
        metrics.add_jobs([job.name for job in JOBS], [job.name for job in JOBS if job.every])
        self.jobs.on_start, self.jobs.on_error = metrics.record_start, metrics.record_job_error

    async def run(self) -> None:
        """Poll, publish and prune until SIGTERM or Ctrl-C, then let what is being stored finish."""
        stop = stop_on_signals()
        if self.state.live is not None:
            reload_on_signal(self.state.live, stop)
        self.state.on_work = self._hasten
        for job in JOBS:
            if job.every is not None:
                self.jobs.add(job.name, partial(self._do_in_order, job), job.every)
        self.jobs.start()
        try:
            await stop.wait()
        finally:
            self.on_stop()
            await self.jobs.stop(self.state.polls.under_way.values())

    async def run_job(self, name: str) -> None:
        """Do one job now, if it has something to do; raises what keeps it from that."""
        await self._do(next(job for job in JOBS if job.name == name))

    def _hasten(self, work: Work) -> None:
        """Have the jobs that need this work started soon, but none twice within its ``every``."""
        now_s = asyncio.get_running_loop().time()
        for job in JOBS:
            if job.is_hastened and job.every and work & job.needs:
                again_at_s = self.started_at_s.get(job.name, float("-inf")) + job.every.total_seconds()
                self.jobs.hasten(job.name, max(SETTLE_S, again_at_s - now_s))

    async def _do_in_order(self, job: Job) -> None:
        """Do a job after the one that is to be done first, unless that takes long."""
        for first in JOBS:
            if first.name == job.first and job.is_due(self.state.work, self._count_idle_s(job)):
                task = self.jobs.launch(first.name, partial(self._do, first))
                await asyncio.wait({task}, timeout=FIRST_AT_MOST_S)
        await self._do(job)

    def _count_idle_s(self, job: Job) -> float:
        return asyncio.get_running_loop().time() - self.started_at_s.get(job.name, float("-inf"))

    async def _do(self, job: Job) -> None:
        state = self.state
        if not job.is_due(state.work, self._count_idle_s(job)):
            return
        self.started_at_s[job.name] = asyncio.get_running_loop().time()
        if state.work & job.needs:
            state.work = (state.work & ~job.needs) | job.then
        started = time.perf_counter()
        try:
            following = await job.function(state)
        except Exception:
            if job.is_retried:
                state.work |= job.needs
            raise
        finally:
            state.metrics.record_seconds(job.name, time.perf_counter() - started)
        state.work |= following  # which others may have added to meanwhile
        self._hasten(following | state.work & job.needs)
        for follower in JOBS:
            if follower.after == job.name:
                await self.jobs.run(follower.name, partial(self._do, follower))

    def health(self) -> Mapping[str, object]:
        """Return whether the service polls and publishes as it should, for ``/healthz``."""
        watches = (self.state.store_watch, self.state.tree_watch)
        said = report_health(self.state, missing=[watch.find_problem() for watch in watches])
        publication = self.state.publication
        has_failed = publication.failure is not None and not publication.has_lost_store
        return {**said, "ok": said["ok"] and not has_failed}
