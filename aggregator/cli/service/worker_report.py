"""The workers and what waits for them, as ``aggregator status`` prints it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from aggregator.cli.workspace import Workspace
from aggregator.publish.tree_writers import read_roles
from aggregator.store.workers.worker_queue import QueuedJobs, WorkerSeen

Row = Mapping[str, str | int | float | None]


def report_workers(workers: Sequence[WorkerSeen], workspace: Workspace, now: datetime) -> Iterator[Row]:
    """Report the workers: when each was last heard of, how many jobs it has, what it does to publish.

    Where the tree is elsewhere, that is known only of whether it does.
    """
    roles = read_roles(workspace.rules.feeds_dir, now)
    for worker in workers:
        yield {
            "worker": worker.id,
            "silent_s": round(worker.silent_s),
            "jobs": worker.jobs,
            "publishing": roles.get(worker.id) or ("elsewhere" if worker.publishes else None),
        }


def report_unpublished(workers: Sequence[WorkerSeen]) -> Iterator[Row]:
    """Report that there are workers, and none of them publishes."""
    if workers and all(worker.publishes is False for worker in workers):
        yield {
            "problem": "no worker publishes: what is new waits, and nobody is alerted",
            "do": "aggregator worker --publish, where the published tree is",
        }


def report_queue(jobs: Sequence[QueuedJobs]) -> Iterator[Row]:
    """Report the jobs that wait for a worker (``todo``), and those under way (``doing``)."""
    for job in jobs:
        yield {"job": job.task, "state": job.status, "count": job.jobs}
