"""Which jobs of the service workers take from the queue, and which each of them does by itself.

Both are rows of the service's own table (``service.job_table``); how polling is shared out is in
``held_shards``.
"""

from datetime import timedelta

from aggregator.service.job import Job
from aggregator.service.job_table import JOBS
from aggregator.service.publishing_jobs import help_to_publish
from aggregator.service.state import Work

SOURCES = "sources"
"""The queue of what any worker may do."""
SITE = "site"
"""The queue of what is done where the published tree is, and of grouping, which has stories in memory."""
OWN = frozenset({"reload", "tick", "enrich", "free_memory", "measure"})
"""What each worker does for itself; polls, and pages, are of the shards that it holds."""
OWN_OF_SITE = frozenset({"end_decisions", "check_marks", "check_tree", "upload"})
"""What each worker of the site does for itself: it notices what there is to publish or to upload."""
OF_SITE = frozenset({"group", "publish", "pictures", "check_assets", "prune", "alerts"})
HELP = Job(name="help", every=timedelta(seconds=0.2), function=help_to_publish)
"""What each worker of the site does besides: to look for a file costs less than a job in the queue."""
LEFT_OUT = frozenset({"check_store"})
"""What only a database in a file needs."""
SHORTEST = timedelta(seconds=5)
"""No job is in the queue more often, unless work for it came: a job there costs milliseconds."""
WITHOUT_WORK = timedelta(minutes=1)
"""How often a job is done for which no work was noticed: a worker may be killed before it says so."""


def list_own_jobs(*, publishes: bool) -> tuple[Job, ...]:
    """Return what a worker does for itself."""
    names = OWN | OWN_OF_SITE if publishes else OWN
    return (*(job for job in JOBS if job.name in names), *((HELP,) if publishes else ()))


def list_shared_jobs() -> tuple[Job, ...]:
    """Return the jobs that are in the queue."""
    others = OWN | OWN_OF_SITE | LEFT_OUT
    return tuple(job for job in JOBS if job.every is not None and job.name not in others)


def choose_queue(job: Job) -> str:
    """Return the queue that a job is in."""
    return SITE if job.name in OF_SITE else SOURCES


def make_cron(job: Job) -> str:
    """Return when a job is put into the queue without work, as cron says it, with seconds."""
    often = job.every or WITHOUT_WORK
    every = (job.at_least_every or WITHOUT_WORK) if job.needs else max(SHORTEST, often)
    seconds = round(every.total_seconds())
    if seconds < 60:
        return f"* * * * * */{seconds}"
    return f"*/{seconds // 60} * * * *" if seconds < 3_600 else f"0 */{seconds // 3_600} * * *"


def list_jobs_for(work: Work) -> tuple[Job, ...]:
    """Return the jobs that this work waits for, grouping before publishing.

    Grouping says that there is something to publish only where it found something: what came otherwise, and
    in the same second, is published nevertheless.
    """
    return tuple(job for job in list_shared_jobs() if job.needs & work)


def list_followers(job: Job) -> tuple[Job, ...]:
    """Return the jobs that are done after another each time, by the same worker."""
    return tuple(other for other in JOBS if other.after == job.name)
