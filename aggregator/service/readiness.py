"""Whether the service can do its work now, for ``/readyz``: each check returns what is wrong, or None."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

import structlog

from aggregator.errors import StoreError
from aggregator.service.health import find_store_problem
from aggregator.service.state import ServiceState

log = structlog.get_logger()

TICKS_WITHIN = timedelta(seconds=30)
"""The job that looks for due sources is started every second."""
PUBLISHES_WITHIN = timedelta(minutes=5)
"""There is a publication every minute at least; one that takes hundreds of topics takes longer."""

UPLOADED_WITHIN = timedelta(minutes=5)
"""A first upload of hundreds of thousands of files takes longer."""


def make_checks(state: ServiceState) -> Mapping[str, Callable[[], str | None]]:
    """Return by name what ``/readyz`` asks of a service."""
    checks = {
        "store": check_store,
        "scheduler": check_scheduler,
        "publishing": check_publishing,
        "network": check_network,
    }
    return {name: partial(check, state) for name, check in checks.items()}


def make_worker_checks(state: ServiceState, *, publishes: bool) -> Mapping[str, Callable[[], str | None]]:
    """Return by name what ``/readyz`` asks of a worker; another one may publish, or have published."""
    checks = {"store": check_store, "scheduler": check_scheduler, "network": check_network}
    if publishes:
        checks["publishing"] = check_published
    return {name: partial(check, state) for name, check in checks.items()}


def check_store(state: ServiceState) -> str | None:
    """Return why the store cannot be relied on."""
    was_well = state.store_standing.failing_since_s is None
    try:
        state.store_standing.ask()
    except StoreError as error:
        if was_well:  # nobody else has logged why
            log.error("ready", check="store", error=str(error))  # noqa: TRY400  # the line says it all
    return state.store_watch.find_problem() or find_store_problem(state)


def check_scheduler(state: ServiceState) -> str | None:
    """Return for how long no due sources were looked for."""
    since = _count_since(state.ticked_at_s)
    if since is None:
        return "no due sources were looked for yet"
    if since > TICKS_WITHIN:
        return f"no due sources were looked for since {since.total_seconds():.0f} s"
    return None


def check_publishing(state: ServiceState) -> str | None:
    """Return whether the last publication failed, how long ago it was, or how long uploads have waited."""
    since = _count_since(state.publication.ended_at_s)
    if since is None and state.publication.failure is None:
        return "nothing was published yet since the start"
    if since is not None and since > PUBLISHES_WITHIN and state.publication.failure is None:
        return f"the last publication ended {since.total_seconds():.0f} s ago"
    return check_published(state)


def check_published(state: ServiceState) -> str | None:
    """Return whether the last publication failed, or how long uploads have waited."""
    if state.publication.failure is not None:
        return "not all could be published: see the log"
    since = _count_since(state.upload.behind_since_s)
    if since is not None and since > UPLOADED_WITHIN:
        return f"files wait to be uploaded since {since.total_seconds():.0f} s: see `aggregator status`"
    return None


def check_network(state: ServiceState) -> str | None:
    """Return what is wrong with our own network, which keeps nobody from being served."""
    return state.network_watch.find_problem()


def _count_since(at_s: float | None) -> timedelta | None:
    return None if at_s is None else timedelta(seconds=time.monotonic() - at_s)
