"""One worker: it takes jobs until it is told to stop, and begins anew where it was cut off."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from procrastinate.exceptions import ConnectorException

from aggregator.config import WorkerKeys
from aggregator.errors import AggregatorError, StoreError, describe_error
from aggregator.service.health import report_health
from aggregator.service.job_errors import JobErrors
from aggregator.service.job_table import JOBS
from aggregator.service.signals import reload_on_signal, stop_on_signals
from aggregator.service.state import ServiceState
from aggregator.service.workers.queue import Queue, log_troubles
from aggregator.service.workers.session import WorkerSession
from aggregator.service.workers.shared_jobs import HELP

AGAIN_AFTER_S = 5.0
"""How long a worker waits before it begins anew."""

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class Worker:
    """A worker; one that ``publishes`` does what is done where the published tree is, too.

    ``on_stop`` is called once, when the end begins. ``told`` is what cut it off last, until it is at work.
    """

    state: ServiceState
    settings: WorkerKeys
    publishes: bool
    on_stop: Callable[[], None]
    errors: JobErrors = field(default_factory=JobErrors)
    told: str = ""

    def __post_init__(self) -> None:
        self.state.metrics.add_jobs([job.name for job in (*JOBS, HELP)], [])

    async def run(self) -> None:
        """Do jobs until SIGTERM or Ctrl-C, then let those under way end, for some seconds."""
        stop = stop_on_signals()
        if self.state.live is not None:
            reload_on_signal(self.state.live, stop)
        log_troubles()
        asyncio.get_running_loop().set_exception_handler(_log_unexpected)
        ending = asyncio.create_task(self._tell_stop(stop))
        while not stop.is_set():
            try:
                await self._run_session(stop)
            except Exception as error:  # whatever cut it off, it begins anew
                await self._tell_end(error)
            if not stop.is_set():
                await _wait(stop)
        await ending

    def health(self) -> Mapping[str, object]:
        """Return whether it polls as it should, for ``/healthz``."""
        return report_health(self.state)

    async def _tell_stop(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.on_stop()

    async def _run_session(self, stop: asyncio.Event) -> None:
        queue = Queue.of(self.state.context.store, silent_s=self.settings.silent_s)
        session = WorkerSession(
            state=self.state,
            queue=queue,
            shards=self.settings.shards,
            groups=self.settings.publish_groups,
            publishes=self.publishes,
            errors=self.errors,
        )
        try:
            await session.run(stop)
        finally:
            if session.has_begun:
                self.told = ""

    async def _tell_end(self, error: Exception) -> None:
        """Log what cut it off, once for all tries that end alike; where the store is away, it is that."""
        state = self.state
        try:
            await asyncio.to_thread(state.store_standing.ask)
        except StoreError as found:
            state.polled_at_s = time.monotonic()  # it is at work: a restart would not mend the store
            error = found
        said = str(error) if isinstance(error, AggregatorError) else describe_error(error)
        if said != self.told:
            log.error("worker", error=said, again_in_s=AGAIN_AFTER_S)
        self.told = said


async def _wait(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), AGAIN_AFTER_S)
    except TimeoutError:
        return


def _log_unexpected(_: asyncio.AbstractEventLoop, told: Mapping[str, Any]) -> None:
    """Log what nobody waited for, but a job that ends while the database is away, or is another's by now.

    What cut the worker off is told once, when it is.
    """
    error = told.get("exception")
    if isinstance(error, ConnectorException):
        return
    log.warning("worker", problem=str(told.get("message")), error=describe_error(error) if error else None)
