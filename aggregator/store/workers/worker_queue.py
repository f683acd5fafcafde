"""The queue of workers in the store's database: a schema of its own, of tables that a library makes and uses.

Nothing of worth is in it: what is due stands in the store. So it is made anew where it was made by another
version, or for another number of shards.
"""

__all__ = [
    "make_worker_guard",
    "name_queue",
    "prepare_queue",
    "read_queue",
]

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from aggregator.errors import StoreBusy, StoreError, WorkerReplaced
from aggregator.store.database import Database, Guard
from aggregator.store.postgresql import complete_address, hide_secrets, is_postgresql

QUEUE = "aggregator_queue"
"""The schema, a name that no operator chooses."""
WRITER = "aggregator worker "
"""What the session of a worker is called while it writes, before the worker's number."""
_COMMENT = text(f"SELECT obj_description(to_regnamespace('{QUEUE}'), 'pg_namespace')")
_HAS_WORKERS = text(
    f"SELECT count(*) FROM {QUEUE}.procrastinate_workers"  # noqa: S608  # our own name
    " WHERE last_heartbeat > now() - interval '1 minute'"
)
_PUBLISHERS = f"{QUEUE}.publishing_workers"
_PUBLISHERS_TABLE = (
    f"CREATE TABLE IF NOT EXISTS {_PUBLISHERS} (tree text NOT NULL, place text NOT NULL,"
    f" worker_id bigint PRIMARY KEY REFERENCES {QUEUE}.procrastinate_workers (id) ON DELETE CASCADE)"
)
"""Which workers publish, to which tree: the one table there that is ours. A row goes with its worker."""
_HAS_PUBLISHERS = text(f"SELECT to_regclass('{_PUBLISHERS}')")
_JOBS = text(
    "SELECT task_name, status::text, count(*) AS jobs"  # noqa: S608  # our own name
    f" FROM {QUEUE}.procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2"
)
_WORKERS = text(
    "SELECT w.id, extract(epoch FROM now() - w.last_heartbeat)::float AS silent_s, count(j.id) AS jobs"  # noqa: S608
    f" FROM {QUEUE}.procrastinate_workers AS w"
    f" LEFT JOIN {QUEUE}.procrastinate_jobs AS j ON j.worker_id = w.id AND j.status = 'doing'"
    " GROUP BY w.id ORDER BY w.id"
)
_PUBLISHING = text(f"SELECT worker_id FROM {_PUBLISHERS}")  # noqa: S608


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuedJobs:
    """So many jobs of a kind that are ``todo`` or ``doing``, as ``status`` says."""

    task: str
    status: str
    jobs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerSeen:
    """A worker: how long ago it was last heard of, in seconds, and how many jobs it has.

    Whether it ``publishes`` is None where a queue was made by a version that did not note that.
    """

    id: int
    silent_s: float
    jobs: int
    publishes: bool | None = None


def name_queue(url: str) -> dict[str, Any]:
    """Return how the driver is to connect to the queue in the database at ``url``; raises StoreError."""
    if not is_postgresql(url):
        raise StoreError(
            "workers share a PostgreSQL database: name one in storage.database, or use `aggregator run`"
        )
    address = complete_address(url, search_path=QUEUE)
    return dict(address.get_dialect()().create_connect_args(address)[1])


def prepare_queue(store: Database, made_for: str, schema: str) -> None:
    """Make the queue by the statements of ``schema``, unless there is one that was ``made_for`` the same.

    Raises StoreBusy where workers use another one.
    """
    with store.writing() as connection:
        found = connection.execute(_COMMENT).scalar()
        if found == made_for:
            connection.exec_driver_sql(_PUBLISHERS_TABLE)
            return
        if found is not None and connection.execute(_HAS_WORKERS).scalar():
            raise StoreBusy(
                f"{hide_secrets(store.url)}: workers use a queue for {found}, and this one wants {made_for}: "
                "stop them all first, or start this one as they were"
            )
        for statement in (
            f"DROP SCHEMA IF EXISTS {QUEUE} CASCADE",
            f"CREATE SCHEMA {QUEUE}",
            f"SET LOCAL search_path TO {QUEUE}",
            schema,
            _PUBLISHERS_TABLE,
            f"COMMENT ON SCHEMA {QUEUE} IS '{made_for}'",
        ):
            connection.execution_options(no_parameters=True).exec_driver_sql(statement)


def make_worker_guard(worker_id: int) -> Guard:
    """Return what lets a worker write as long as it is not taken for gone; raises WorkerReplaced then.

    The session says meanwhile whose it is, so that ``end_silent_writers`` can end it.
    """
    query = text(f"SELECT id FROM {QUEUE}.procrastinate_workers WHERE id = {worker_id:d}")  # noqa: S608

    def check(connection: Connection) -> None:
        if connection.execute(query).scalar() is None:
            raise WorkerReplaced(
                f"worker {worker_id} was silent for too long: others do its jobs, and it begins anew"
            )

    return Guard(session=f"{WRITER}{worker_id:d}", check=check)


def read_queue(store: Database) -> tuple[Sequence[QueuedJobs], Sequence[WorkerSeen]]:
    """Return the jobs of the queue and the workers; nothing where there never was one."""
    if not is_postgresql(store.url):
        return (), ()
    with store.reading() as connection:
        if connection.execute(_COMMENT).scalar() is None:
            return (), ()
        jobs = [
            QueuedJobs(task=row.task_name, status=row.status, jobs=row.jobs)
            for row in connection.execute(_JOBS)
        ]
        has_noted = connection.execute(_HAS_PUBLISHERS).scalar() is not None
        publishing = frozenset(connection.scalars(_PUBLISHING)) if has_noted else None
        seen = [
            WorkerSeen(**row, publishes=None if publishing is None else row["id"] in publishing)
            for row in connection.execute(_WORKERS).mappings()
        ]
    return jobs, seen
