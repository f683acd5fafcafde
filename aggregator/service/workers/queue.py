"""The queue of jobs: that of Procrastinate, in a schema of its own beside the store.

A job of the queue is done by a worker that says every few seconds that it is there. Jobs of one that does not
are removed, not given on: a worker that was only stopped for a while would end the job of another by its
number. What they were about is found due again, and put into the queue as a new job.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, LiteralString

import structlog
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager
from procrastinate.tasks import Task
from procrastinate.worker import Worker as Taker

from aggregator.service.job import Job
from aggregator.service.workers.queue_connections import make_connector
from aggregator.service.workers.shared_jobs import SITE, SOURCES, choose_queue, make_cron
from aggregator.store import Store, describe_database_error, end_silent_writers, name_queue, prepare_queue

HEARTBEATS = 6
"""How often a worker says that it is there, in the time after which it counts as gone."""
FETCH_S = 0.5
"""How often a worker looks for jobs of which nobody told it: those whose lock came free."""
ABORT_S = 3_600.0
"""How often a worker looks for jobs that somebody wants aborted: nobody of us does."""
GRACE_S = 6.0
"""How long jobs may go on once the worker is to stop."""
POLL_SHARD = "poll_shard"

_WORKERS: LiteralString = """
    SELECT array(SELECT id FROM procrastinate_workers) AS ids,
        EXISTS (SELECT FROM publishing_workers) AS is_published,
        array(
            SELECT (args ->> 'shard')::int FROM procrastinate_jobs
            WHERE status = 'todo' AND (args ->> 'worker')::bigint IN (SELECT id FROM procrastinate_workers)
        ) AS claimed,
        EXISTS (
            SELECT FROM procrastinate_workers
            WHERE last_heartbeat < now() - make_interval(secs => %(silent_s)s)
        ) OR EXISTS (
            SELECT FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL
        ) AS may_be_gone
"""

_OTHER_TREE: LiteralString = """
    SELECT min(place) AS place FROM publishing_workers JOIN procrastinate_workers ON id = worker_id
    WHERE tree <> %(tree)s AND last_heartbeat > now() - make_interval(secs => %(silent_s)s)
"""
_CLAIM_TREE: LiteralString = """
    INSERT INTO publishing_workers (worker_id, tree, place) VALUES (%(worker_id)s, %(tree)s, %(place)s)
"""

JobFunction = Callable[[Job], Awaitable[None]]
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkersSeen:
    """The numbers of the workers, and the shards that one of them claimed and others have.

    One ``may_be_gone`` where it was silent for too long, or where one that is none any more left jobs.
    Without one that publishes nothing ``is_published``.
    """

    ids: frozenset[int]
    is_published: bool
    claimed: frozenset[int]
    may_be_gone: bool


def prepare_workers(store: Store, shards: int) -> None:
    """Make the queue in the store's database, where it is not there; raises StoreError, StoreBusy."""
    name_queue(store.url)
    made_for = f"procrastinate {version('procrastinate')} and {shards} shards"
    prepare_queue(store, made_for, SchemaManager.get_schema())


@dataclass(kw_only=True, slots=True)
class Queue:
    """The queue as one worker uses it, for one session: from when it says that it is there to when it stops.

    Whoever says nothing for ``silent_s`` counts as gone. ``claims`` is the queue of the shards that are for
    this worker alone.
    """

    store: Store
    app: App
    silent_s: int
    claims: str = field(default_factory=lambda: f"claims_{secrets.token_hex(8)}")
    tasks: dict[str, Task[Any, Any, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, *, silent_s: int) -> "Queue":
        """Return the queue in a store's database, not opened yet."""
        return cls(store=store, app=App(connector=make_connector(name_queue(store.url))), silent_s=silent_s)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Connect for as long as it is used; raises StoreError where that takes too long."""
        with self._translate():
            await self.app.open_async()
        try:
            yield
        finally:
            await self.app.close_async()

    @property
    def heartbeat_s(self) -> float:
        """Return how often a worker says that it is there, in seconds."""
        return self.silent_s / HEARTBEATS

    def add_job(self, job: Job, do: JobFunction) -> None:
        """Have ``do`` called with a job, by one worker at a time, when work for it comes and by its cron."""

        async def run(timestamp: int = 0) -> None:  # noqa: ARG001  # which the library gives
            await do(job)

        name, queue = job.name, choose_queue(job)
        task = self.app.task(name=name, queue=queue, lock=name, queueing_lock=name)(run)
        self.tasks[name] = self.app.periodic(cron=make_cron(job))(task)

    def add_shards(self, do: Callable[[int, bool], Awaitable[None]]) -> None:
        """Have ``do`` called with a shard, by one worker at a time, when it was put into the queue.

        It is told whether it was claimed for this worker.
        """

        async def poll_shard(shard: int, worker: int | None = None) -> None:
            await do(shard, worker is not None)

        self.tasks[POLL_SHARD] = self.app.task(name=POLL_SHARD, queue=SOURCES)(poll_shard)

    def make_taker(self, *, publishes: bool, at_once: int) -> Taker:
        """Return what takes so many jobs at once and does them."""
        queues = [SOURCES, SITE, self.claims] if publishes else [SOURCES]
        return Taker(
            app=self.app, queues=queues, concurrency=at_once,
            install_signal_handlers=False, delete_jobs="always", shutdown_graceful_timeout=GRACE_S,
            fetch_job_polling_interval=FETCH_S, abort_job_polling_interval=ABORT_S,
            update_heartbeat_interval=self.heartbeat_s, stalled_worker_timeout=self.silent_s,
        )  # fmt: skip

    async def put(self, names: Sequence[str]) -> None:
        """Put jobs into the queue that do not wait there already."""
        for name in names:
            with suppress(AlreadyEnqueued), self._translate():
                await self.tasks[name].defer_async()

    async def put_shards(self, numbers: Sequence[int], limit: int) -> None:
        """Put into the queue so many of the shards that are neither there nor with a worker."""
        jobs = await self._list_shards()
        await self._remove_claims_of_gone(jobs)
        known = {job.lock for job in jobs}
        locks = {number: f"poll {number}" for number in numbers}
        wanted = [
            self.tasks[POLL_SHARD].configure(lock=lock, queueing_lock=lock, task_kwargs={"shard": number}).job
            for number, lock in locks.items()
            if lock not in known
        ]
        if wanted:
            # Another may have looked at the same time; the next look puts what is left.
            with suppress(AlreadyEnqueued), self._translate():
                await self.app.job_manager.batch_defer_jobs_async(wanted[:limit])

    async def claim_shards(self, numbers: Sequence[int], worker_id: int) -> None:
        """Put into the queue, for this worker alone, the shards that nobody claimed yet.

        It has each once the worker with it leaves it, and before others.
        """
        waiting = {job.queueing_lock for job in await self._list_shards() if job.status == Status.TODO.value}
        for number in [number for number in numbers if f"claim {number}" not in waiting]:
            claim = self.tasks[POLL_SHARD].configure(
                lock=f"poll {number}", queueing_lock=f"claim {number}", queue=self.claims,
                task_kwargs={"shard": number, "worker": worker_id},
            )  # fmt: skip
            with suppress(AlreadyEnqueued), self._translate():
                await claim.defer_async()

    async def _list_shards(self) -> Sequence[QueuedJob]:
        with self._translate():
            return list(await self.app.job_manager.list_jobs_async(task=POLL_SHARD))

    async def _remove_claims_of_gone(self, jobs: Sequence[QueuedJob]) -> None:
        """Remove what waits for workers that are gone: shards that others could not have before."""
        claims = [job for job in jobs if job.status == Status.TODO.value and "worker" in job.task_kwargs]
        workers = (await self.look_at_workers()).ids if claims else frozenset()
        for job in claims:
            if job.task_kwargs["worker"] not in workers and job.id is not None:
                with self._translate():
                    await self.app.job_manager.cancel_job_by_id_async(job.id, delete_job=True)

    async def look_at_workers(self) -> WorkersSeen:
        """Return which workers there are, whether one may be gone, and what they claimed and do not have."""
        with self._translate():
            row = await self.app.connector.execute_query_one_async(_WORKERS, silent_s=self.silent_s)
        return WorkersSeen(
            ids=frozenset(row["ids"]),
            is_published=row["is_published"],
            may_be_gone=row["may_be_gone"],
            claimed=frozenset(row["claimed"]),
        )

    async def find_other_tree(self, tree: str) -> str | None:
        """Return where a worker publishes to another tree than that of this name; None where none does."""
        with self._translate():
            row = await self.app.connector.execute_query_one_async(
                _OTHER_TREE, tree=tree, silent_s=self.silent_s
            )
        return str(row["place"]) if row["place"] is not None else None

    async def claim_tree(self, worker_id: int, tree: str, place: str) -> None:
        """Note that a worker publishes to the tree of this name, which is at a ``place``."""
        with self._translate():
            await self.app.connector.execute_query_async(
                _CLAIM_TREE, worker_id=worker_id, tree=tree, place=place
            )

    async def free_jobs_of_gone(self) -> None:
        """Remove the workers that were silent for too long, what they write at the moment, and their jobs.

        Others do these at once, but for shards, which are looked for.
        """
        manager = self.app.job_manager
        with self._translate():
            gone = await manager.prune_stalled_workers(self.silent_s)
            left = list(await manager.get_stalled_jobs(seconds_since_heartbeat=self.silent_s))
        if not gone and not left:
            return
        ended = await asyncio.to_thread(end_silent_writers, self.store, self.silent_s)
        for job in left:
            try:
                await manager.finish_job(job, Status.FAILED, delete_job=True)
            except ConnectorException:  # another worker was quicker
                continue
        # Another may have removed it from the workers, and been stopped before its jobs.
        which = {"gone": " ".join(map(str, gone))} if gone else {}
        problem = "a worker was silent" if gone else "a worker is gone"
        log.warning("workers", problem=f"{problem}: others do its jobs", **which, jobs=len(left), ended=ended)
        await self.put([job.task_name for job in left if job.task_name != POLL_SHARD])

    @contextmanager
    def _translate(self) -> Iterator[None]:
        """Turn the library's errors of the database into a StoreError that names their cause."""
        try:
            yield
        except ConnectorException as error:
            raise self.name_cause(error) from error

    def name_cause(self, error: BaseException) -> BaseException:
        """Return a StoreError for an error of the library that a database caused, any other as it is."""
        if not isinstance(error, ConnectorException):
            return error
        return describe_database_error(error.__cause__ or error, self.store.url)


class _TroubleLog(logging.Handler):
    """What the library tells of its troubles, as events."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log it, unless it is a lost connection: that ends the session of the worker, which tells it."""
        caught = record.exc_info[1] if record.exc_info else None
        if isinstance(caught, ConnectorException) or getattr(record, "action", "") == "side_task_failed":
            return
        log.error("queue", problem=record.getMessage().partition("\n")[0])


def log_troubles() -> None:
    """Have the library's errors logged as events: it writes to loggers of the whole process."""
    for name in ("procrastinate", "psycopg.pool"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.ERROR)
        logger.propagate = False
        logger.handlers = [_TroubleLog()]
