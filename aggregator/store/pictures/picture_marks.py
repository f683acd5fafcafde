"""The articles whose pictures and logos are to be looked at: taken, put off, and done with."""

__all__ = ["PictureMarks", "finish_picture_marks", "publish_at_once", "take_picture_marks"]

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, insert, select, update

from aggregator.store.database import Database
from aggregator.store.fast.driver import rows_with, run_with
from aggregator.store.marks import AT_ONCE, Mark, MarkKind, forget_marks
from aggregator.store.schema.publication import marks

_KIND = MarkKind.PICTURE.value


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureMarks:
    """Marks that were taken up: articles that a feed shows since a moment, and others, to be tried again."""

    taken: tuple[Mark, ...]
    shown: frozenset[str]
    others: frozenset[str]


_LATER = bindparam("later", type_=marks.c.due_at.type)
_NOW = bindparam("now", type_=marks.c.due_at.type)
_PARTS = tuple(
    select(marks)
    .where(marks.c.kind == _KIND, is_due)
    .order_by(marks.c.due_at, marks.c.id)
    .limit(bindparam("most"))
    for is_due in (marks.c.due_at <= _NOW, marks.c.due_at > _LATER)
)
_ROW = tuple(bindparam(f"new_{name}", type_=marks.c[name].type) for name in ("kind", "key", "due_at"))
_IS_MARKED = and_(*(marks.c[name] == new for name, new in zip(("kind", "key", "due_at"), _ROW, strict=True)))
_ADD_ONCE = insert(marks).from_select(
    ["kind", "key", "due_at"], select(*_ROW).where(~select(marks.c.id).where(_IS_MARKED).exists())
)


def take_picture_marks(
    store: Database, *, now: datetime, limit: int, longest_wait: timedelta
) -> PictureMarks:
    """Return some marks that are due ``now``, and those that a wrong clock put off by too much."""
    values = {"now": now, "later": now + longest_wait, "most": limit}
    with store.reading() as connection:
        rows = [row for part in _PARTS for row in rows_with(connection, part, values)][:limit]
    shown = frozenset(row["key"] for row in rows if row["due_at"] == AT_ONCE)
    return PictureMarks(
        taken=tuple(Mark(id=row["id"], kind=MarkKind.PICTURE, key=row["key"]) for row in rows),
        shown=shown,
        others=frozenset(row["key"] for row in rows) - shown,
    )


def finish_picture_marks(
    store: Database, taken: Collection[Mark], again_at: Mapping[str, Collection[datetime]]
) -> None:
    """Forget marks that were taken; articles are marked, each once, to be looked at again at these times."""
    rows = [
        {"new_kind": _KIND, "new_key": key, "new_due_at": at}
        for key, times in again_at.items()
        for at in sorted(set(times))
    ]
    with store.writing() as connection:
        forget_marks(connection, taken)
        run_with(connection, _ADD_ONCE, rows)


def publish_at_once(store: Database, due_at: datetime) -> None:
    """Have articles that were to be published anew at ``due_at`` published now: the files are written."""
    are_these = (marks.c.kind == MarkKind.ARTICLE.value) & (marks.c.due_at == due_at)
    with store.writing() as connection:
        connection.execute(update(marks).where(are_these).values(due_at=AT_ONCE))
