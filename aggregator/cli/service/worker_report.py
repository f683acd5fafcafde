"""The workers and what waits for them, as ``aggregator status`` prints it."""

from collections.abc import Iterator, Mapping

from aggregator.cli.workspace import Workspace
from aggregator.store import read_queue

Row = Mapping[str, str | int | float | None]


def report_workers(workspace: Workspace) -> Iterator[Row]:
    """Report the workers: their numbers, when each was last heard of, and how many jobs it has."""
    for worker in read_queue(workspace.store)[1]:
        yield {"worker": worker.id, "silent_s": round(worker.silent_s), "jobs": worker.jobs}


def report_queue(workspace: Workspace) -> Iterator[Row]:
    """Report the jobs that wait for a worker (``todo``), and those under way (``doing``)."""
    for job in read_queue(workspace.store)[0]:
        yield {"job": job.task, "state": job.status, "count": job.jobs}
