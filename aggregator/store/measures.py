"""How much there is, and how fresh it is: counted for whoever watches the service."""

__all__ = [
    "TroubledSources",
    "count_due_marks",
    "count_recent_items",
    "count_silent",
    "count_standings",
    "count_stories",
    "count_troubled",
    "count_waiting_corrections",
    "count_waiting_pings",
    "find_newest_items",
    "measure_store",
    "read_success_times",
]

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, func, select, text

from aggregator.store.database import Database, chunks
from aggregator.store.engine import find_sqlite_file
from aggregator.store.fast.driver import rows_with
from aggregator.store.predicates import IS_POLLED
from aggregator.store.pushes.push_schema import hub_pings
from aggregator.store.schema import sources, stories
from aggregator.store.schema.corrections import corrections
from aggregator.store.schema.publication import feed_items, marks
from aggregator.store.shown.feed_items import ARTICLES_FOLDER

_SUCCESS_AT = case((sources.c.failures == 0, sources.c.polled_at), else_=sources.c.failing_since_at)
"""When a source was last polled successfully, or, where it fails since, when that began."""
_STANDING = case(
    (sources.c.polled_at.is_(None), "new"),
    (sources.c.outcome == "gone", "gone"),
    (sources.c.failures > 0, "failing"),
    (sources.c.quarantined_at.is_not(None), "quarantined"),
    else_="well",
)
STANDINGS = ("new", "well", "quarantined", "failing", "gone")
"""How a source can stand: never polled, as ``health_of`` says, and quarantined where it is well else."""
_NEWEST = (
    select(feed_items.c.published_at)
    .where(feed_items.c.feed == bindparam("of_feed"), feed_items.c.is_recent == bindparam("recent"))
    .order_by(feed_items.c.sorted_at.desc(), feed_items.c.published_at.desc(), feed_items.c.item_id)
    .limit(1)
)


def count_standings(store: Database) -> Mapping[str, int]:
    """Return how many of the sources that are polled stand in each way."""
    query = select(_STANDING, func.count()).where(IS_POLLED).group_by(_STANDING)
    with store.reading() as connection:
        found = {row[0]: row[1] for row in connection.execute(query)}
    return {standing: found.get(standing, 0) for standing in STANDINGS}


@dataclass(frozen=True, kw_only=True, slots=True)
class TroubledSources:
    """How many sources that are polled wait for a person.

    The ``broken`` are gone or have failed for long; of others new entries are ``quarantined``, or another
    address is proposed: they have ``moved``.
    """

    broken: int
    quarantined: int
    moved: int


def count_troubled(store: Database) -> TroubledSources:
    """Return how many of the sources that are polled wait for a person, and for what."""
    columns = {
        "broken": sources.c.told_at,
        "quarantined": sources.c.quarantined_at,
        "moved": sources.c.proposed_url,
    }
    counts = [func.count().filter(column.is_not(None)).label(name) for name, column in columns.items()]
    with store.reading() as connection:
        return TroubledSources(**connection.execute(select(*counts).where(IS_POLLED)).mappings().one())


def count_silent(store: Database, over: Sequence[timedelta], now: datetime) -> tuple[int, ...]:
    """Return how many of the sources that are polled had no success for longer than each of these times."""
    counts = [func.count().filter(now - one > _SUCCESS_AT) for one in over]
    with store.reading() as connection:
        return tuple(connection.execute(select(*counts).where(IS_POLLED)).one())


def read_success_times(store: Database) -> Mapping[str, datetime]:
    """Return by id when sources were last polled successfully; those never polled are left out."""
    query = select(sources.c.source_id, sources.c.failures, sources.c.polled_at, sources.c.failing_since_at)
    with store.reading() as connection:
        rows = connection.execute(query.where(IS_POLLED)).all()
    times = ((row.source_id, row.failing_since_at if row.failures else row.polled_at) for row in rows)
    return {source_id: at for source_id, at in times if at is not None}


def find_newest_items(store: Database, topic_ids: Collection[str]) -> Mapping[str, datetime]:
    """Return by topic when the newest article in its feed was published; those without are left out."""
    found: dict[str, datetime] = {}
    with store.reading() as connection:
        for topic_id in topic_ids:
            feed = f"{topic_id}{ARTICLES_FOLDER}"
            for is_recent in (False, True):
                for row in rows_with(connection, _NEWEST, {"of_feed": feed, "recent": is_recent}):
                    found[topic_id] = row["published_at"]
    return found


def count_recent_items(store: Database, feeds: Collection[str], since: datetime) -> Mapping[str, int]:
    """Return by feed how many of its items count as young since a time; feeds without are left out."""
    found: dict[str, int] = {}
    with store.reading() as connection:
        for chunk in chunks(sorted(feeds)):
            are_young = feed_items.c.feed.in_(chunk) & (feed_items.c.recent_at >= since)
            query = select(feed_items.c.feed, func.count()).where(are_young).group_by(feed_items.c.feed)
            found.update({row[0]: row[1] for row in connection.execute(query)})
    return found


def count_stories(store: Database) -> int:
    """Return how many stories there are."""
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(stories)).scalar_one()


def count_due_marks(store: Database, now: datetime) -> Mapping[str, int]:
    """Return by kind how many marks are due; kinds without are left out."""
    query = select(marks.c.kind, func.count()).where(marks.c.due_at <= now).group_by(marks.c.kind)
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def count_waiting_corrections(store: Database) -> int:
    """Return how many corrections no file shows yet."""
    query = select(func.count()).where(corrections.c.published_at.is_(None)).select_from(corrections)
    with store.reading() as connection:
        return connection.execute(query).scalar_one()


def count_waiting_pings(store: Database) -> int:
    """Return how many pings are to be sent, now or later."""
    query = select(func.count()).where(hub_pings.c.due_at.is_not(None)).select_from(hub_pings)
    with store.reading() as connection:
        return connection.execute(query).scalar_one()


def measure_store(store: Database) -> int | None:
    """Return how many bytes the database takes, with what SQLite keeps beside it; None: in memory."""
    file = find_sqlite_file(store.url)
    if file is not None:
        total = 0
        for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
            with suppress(FileNotFoundError):
                total += file.with_name(name).stat().st_size
        return total
    if store.url.startswith("sqlite"):
        return None
    with store.reading() as connection:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
