"""Whether the store is as it always should be: its file, its rows, and what they say of each other."""

__all__ = ["find_store_violations", "list_marked", "mend_store"]

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from aggregator.model.violations import MEND, Violation
from aggregator.store.database import Database, chunks
from aggregator.store.engine import advise_recovery, find_sqlite_file, hide_password
from aggregator.store.marks import MarkKind
from aggregator.store.rows import article_of
from aggregator.store.schema import articles
from aggregator.store.schema.publication import marks
from aggregator.store.stories.named_stories import forget_chosen
from aggregator.store.upkeep.invariant import find_broken, mend
from aggregator.store.upkeep.invariants import INVARIANTS

_UNREADABLE = (ValueError, TypeError, KeyError, LookupError, AttributeError)
"""What is raised of a row that does not hold what was written."""


def find_store_violations(store: Database) -> list[Violation]:
    """Return all that is wrong with the store, at one moment; of a damaged file that alone."""
    with store.reading() as connection:
        damage = list(_find_damage(connection, store.url))
        if damage:
            return damage
        found = [
            Violation(place=place, problem=problem, advice=MEND, is_mendable=True)
            for one in INVARIANTS
            for place, problem in find_broken(connection, one)
        ]
        return [*found, *_find_unreadable(connection)]


def mend_store(store: Database) -> None:
    """Mend what breaks an invariant, in one transaction; no article goes."""
    with store.writing() as connection:
        for one in INVARIANTS:
            mend(connection, one)
        forget_chosen(connection)


def list_marked(store: Database, kinds: Collection[MarkKind], *, before: datetime) -> frozenset[str]:
    """Return what marks of these kinds name that are due before a time."""
    are_these = marks.c.kind.in_([kind.value for kind in kinds]) & (marks.c.due_at < before)
    with store.reading() as connection:
        return frozenset(connection.execute(select(marks.c.key).where(are_these).distinct()).scalars())


def _find_damage(connection: Connection, url: str) -> Iterator[Violation]:
    """Read every page of an SQLite file, its indexes, too; PostgreSQL looks after its own."""
    file = find_sqlite_file(url)
    if connection.dialect.name != "sqlite":
        return
    try:
        said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", error))
    if said != "ok":
        problem = " ".join(str(said).split())
        yield Violation(
            place=hide_password(url), problem=f"it is damaged ({problem})", advice=advise_recovery(file),
            is_mendable=False,
        )  # fmt: skip


def _find_unreadable(connection: Connection) -> Iterator[Violation]:
    ids = connection.execute(select(articles.c.id).order_by(articles.c.id)).scalars().all()
    for chunk in chunks(ids):
        if _read_error(connection, chunk) is None:
            continue
        for article_id in chunk:
            error = _read_error(connection, [article_id])
            if error is not None:
                yield Violation(
                    place=f"articles {article_id}", problem=f"it cannot be read ({error})",
                    advice="restore a backup, or remove it and let its source be polled again",
                    is_mendable=False,
                )  # fmt: skip


def _read_error(connection: Connection, article_ids: Collection[str]) -> str | None:
    try:
        rows = connection.execute(select(articles).where(articles.c.id.in_(article_ids))).mappings()
        for row in rows:
            article_of(row)
    except _UNREADABLE as error:
        return f"{type(error).__name__}: {error}".partition("\n")[0]
    return None
