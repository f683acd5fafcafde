"""What ``/healthz`` says: whether the process does its work, for whoever restarts it where it does not.

A restart mends no store: one that is away, locked or full is told (``degraded``), and fails ``/readyz``.
"""

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta

from aggregator.service.state import ServiceState

STALLED_AFTER = timedelta(minutes=2)


def report_health(state: ServiceState, *, missing: Iterable[str | None] = ()) -> Mapping[str, object]:
    """Return whether it polls as it should, and has all files, of which ``missing`` says what is not there.

    It is degraded where it does so in spite of something that an operator has to mend.
    """
    gone = [text for text in missing if text]
    is_late = time.monotonic() - state.polled_at_s > STALLED_AFTER.total_seconds()
    is_at_fault = state.polls.store_failure is not None and not state.polls.has_lost_store
    wrong = [*gone, *_list_degradations(state)]
    return {
        "ok": not (is_late or gone or is_at_fault),
        "sources": len(state.context.rules.sources),
        **({"degraded": wrong} if wrong else {}),
    }


def find_store_problem(state: ServiceState) -> str | None:
    """Return in what the store fails, None where it does not; why is for the log, as anybody may ask."""
    problem = state.store_standing.find_problem()
    if problem is None and state.polls.store_failure is not None:
        problem = "the last poll could not be read or stored: see the log"
    return problem


def _list_degradations(state: ServiceState) -> Iterable[str]:
    configuration = state.live.degradation() if state.live else None
    lost = state.publication.has_lost_store
    publication = "the last publication could not use the store: see the log" if lost else None
    watches = (state.network_watch, state.clock_watch)
    found = (configuration, *(one.find_problem() for one in watches), find_store_problem(state), publication)
    return [text for text in found if text]
