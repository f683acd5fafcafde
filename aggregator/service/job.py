"""One job of the service: when it is started, and whether it then has something to do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from aggregator.service.state import ServiceState, Work


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One row of the table of jobs.

    ``every``: how often it is started, or ``after``: the job that it follows each time. Once started it has
    something to do where the work that it ``needs`` is waiting, or nothing was done for ``at_least_every``.
    Where it was waiting, that also makes work of ``then``; after an error a job that ``is_retried`` is waited
    for again.

    Work that comes starts a job that ``is_hastened`` once it has settled, not when its next start is due, but
    never twice within ``every``. The job ``first`` does before what waits for it.
    """

    name: str
    function: Callable[[ServiceState], Awaitable[Work]]
    every: timedelta | None = None
    after: str | None = None
    needs: Work = Work.NONE
    at_least_every: timedelta | None = None
    then: Work = Work.NONE
    is_retried: bool = False
    is_hastened: bool = False
    first: str | None = None

    def is_due(self, waiting: Work, idle_s: float) -> bool:
        """Tell whether there is something to do, ``idle_s`` seconds after the job was last at work."""
        if not self.needs:
            return True
        is_late = self.at_least_every is not None and idle_s >= self.at_least_every.total_seconds()
        return is_late or bool(waiting & self.needs)
