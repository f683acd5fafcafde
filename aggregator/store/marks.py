"""Marks: what changed, written down by the transaction that changes it, until it is taken up.

Whoever takes marks reads them, does what they ask, and forgets exactly those that it read, in the transaction
that keeps what it did. Killed in between, it does so again; what changes meanwhile leaves a mark of its own.
"""

__all__ = [
    "AT_ONCE",
    "RETRY_AFTER",
    "Mark",
    "MarkKind",
    "count_marks",
    "find_newest_mark",
    "read_marks",
    "read_marks_by_key",
]

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, func, insert, literal, select

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import rows_with, run_with
from aggregator.store.schema.publication import marks

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""When a mark is due that need not wait."""
RETRY_AFTER = timedelta(minutes=1)
"""How long after it could not be done what a mark asks for is tried again."""


class MarkKind(StrEnum):
    """What a mark's key names, and what is to be done about it; some are stored under an older word."""

    ARTICLE = "article"
    """An article is new, edited, judged again, enriched, released or gone: its feeds are arranged anew."""
    PLACE = "place"
    """An article is arranged anew with all others, and what shows it is marked by itself."""
    STORY = "story"
    """A story was joined, left, merged, parted or linked: its feeds are arranged anew."""
    PUBLISHER = "publisher"
    """Articles of a publisher, by its domain, came or went: its name is chosen anew."""
    TOPIC = "topic"
    """The files of a topic may show something else."""
    PAGE = "page"
    """The page of a story, or of one that became part of it, may show something else."""
    SITE = "site"
    """The files of the whole site may show something else."""
    MONOGRAM = "icon"
    """The monogram of a publisher, by its domain, may be shown no more, be missing or show another letter."""
    CORRECTIONS = "changes"
    """The feed of what was corrected of a topic, or of the whole site, may show something else."""
    RECORD = "record"
    """The record of an article may say something else."""
    PICTURE = "picture"
    """The pictures of an article that a feed shows, and its publisher's logo, are to be looked at."""
    KILLED = "killed"
    """The article of a publisher was taken down: copies of its pictures, and of the logo, are to go."""
    TRUTH = "truth"
    """Questions about stories, or answers, came: how often stories are right is measured anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One mark: ``key`` is an id, or a domain."""

    id: int
    kind: MarkKind
    key: str


_ADD = insert(marks).values({name: bindparam(name) for name in ("kind", "key", "due_at")})
_DUE = (
    select(marks.c.id, marks.c.key)
    .where(marks.c.kind == bindparam("kind"), marks.c.due_at <= bindparam("now", type_=marks.c.due_at.type))
    .order_by(marks.c.due_at, marks.c.id)
    .limit(bindparam("most"))
)


_NEWEST = (
    select(marks.c.id)
    .where(marks.c.kind == bindparam("kind"), marks.c.due_at == literal(AT_ONCE, marks.c.due_at.type))
    .order_by(marks.c.id.desc())
    .limit(1)
)


def add_marks(
    connection: Connection, kind: MarkKind, keys: Iterable[str], *, due_at: datetime = AT_ONCE
) -> None:
    """Mark what ``keys`` name, to be taken up at ``due_at``, in the transaction that changes it."""
    run_with(connection, _ADD, [{"kind": kind.value, "key": key, "due_at": due_at} for key in keys])


def mark_selected(connection: Connection, kind: MarkKind, keys: Select[tuple[str]]) -> None:
    """Mark what a query finds, whatever number that is, without reading it."""
    (key,) = keys.selected_columns
    found = keys.with_only_columns(
        literal(kind.value), key, literal(AT_ONCE, marks.c.due_at.type), maintain_column_froms=True
    )
    connection.execute(insert(marks).from_select(["kind", "key", "due_at"], found))


def read_marks(store: Database, kind: MarkKind, *, now: datetime, limit: int) -> tuple[Mark, ...]:
    """Return up to ``limit`` marks of a kind that are due ``now``, those due longest first."""
    with store.reading() as connection:
        rows = rows_with(connection, _DUE, {"kind": kind.value, "now": now, "most": limit})
        return tuple(Mark(id=row["id"], kind=kind, key=row["key"]) for row in rows)


def read_marks_by_key(store: Database, kind: MarkKind, *, now: datetime, limit: int) -> dict[str, list[Mark]]:
    """Return up to ``limit`` marks of a kind that are due ``now``, by what they name: that is done once."""
    marked: dict[str, list[Mark]] = {}
    for mark in read_marks(store, kind, now=now, limit=limit):
        marked.setdefault(mark.key, []).append(mark)
    return marked


def find_newest_mark(store: Database, kinds: Iterable[MarkKind]) -> int:
    """Return the id of the newest mark of these kinds that need not wait, 0 where there is none.

    Newer marks have higher ids, also where all before them are gone.
    """
    with store.reading() as connection:
        found = (rows_with(connection, _NEWEST, {"kind": kind.value}) for kind in kinds)
        return max((row["id"] for rows in found for row in rows), default=0)


def count_marks(store: Database, kind: MarkKind, *, now: datetime) -> int:
    """Return how many marks of a kind are due ``now``."""
    query = select(func.count()).where(marks.c.kind == kind.value, marks.c.due_at <= now)
    with store.reading() as connection:
        return connection.execute(query).scalar_one()


def forget_marks(connection: Connection, taken: Collection[Mark]) -> None:
    """Forget marks that were taken, in the transaction that keeps what they asked for."""
    for chunk in chunks([mark.id for mark in taken]):
        connection.execute(delete(marks).where(marks.c.id.in_(chunk)))


def put_off_marks(connection: Connection, taken: Sequence[Mark], *, due_at: datetime) -> None:
    """Have marks taken up again later: what they ask for could not be done."""
    forget_marks(connection, taken)
    for kind in MarkKind:
        add_marks(connection, kind, dict.fromkeys(m.key for m in taken if m.kind is kind), due_at=due_at)


def clear_marks(connection: Connection, kinds: Collection[MarkKind]) -> None:
    """Forget all marks of these kinds, those that are not due yet as well."""
    connection.execute(delete(marks).where(_is_of(kinds)))


def _is_of(kinds: Collection[MarkKind]) -> ColumnElement[bool]:
    return marks.c.kind.in_([kind.value for kind in kinds])
