"""What the pages of JSON list, in order, and which of them are to be written anew."""

__all__ = [
    "TOP",
    "TOP_POSITION",
    "ListedRecord",
    "PageMark",
    "Position",
    "count_listed_records",
    "find_position",
    "forget_page_marks",
    "list_marked_topics",
    "read_listed_records",
    "read_page_marks",
]

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from aggregator.store.database import Database
from aggregator.store.fast.driver import rows_with, run_with
from aggregator.store.records.record_schema import listed_records, record_page_marks, record_states

TOP = datetime(9999, 1, 1, tzinfo=UTC)
"""Newer than any record."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageMark:
    """A place in the pages of a topic at which a record changed, or came or went: then it ``moves`` others.

    The place is that of a record of this id that was published at ``published_at``.
    """

    topic_id: str
    published_at: datetime
    article_id: str
    moves: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """How many records of a topic come before a place, ``newer`` of them by their ``published_at``."""

    published_at: datetime
    newer: int
    before: int


TOP_POSITION = Position(published_at=TOP, newer=0, before=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedRecord:
    """A record on a page: ``item`` is what the page holds of it."""

    article_id: str
    published_at: datetime
    item: bytes


_TIME = listed_records.c.published_at
_OF_TOPIC = listed_records.c.topic_id == bindparam("of_topic")
_AT = bindparam("at", type_=_TIME.type)
_COUNT = select(func.count().label("number")).select_from(listed_records).where(_OF_TOPIC)
_COUNT_BETWEEN = _COUNT.where(_TIME > _AT, bindparam("until", type_=_TIME.type) >= _TIME)
_COUNT_TIES = _COUNT.where(_TIME == _AT, listed_records.c.article_id < bindparam("of_article"))
_ITEMS = (
    select(listed_records.c.article_id, _TIME, record_states.c.item)
    .join(record_states, record_states.c.article_id == listed_records.c.article_id)
    .where(_OF_TOPIC)
    .limit(bindparam("most"))
)
_OLDER = (
    _ITEMS.where(_TIME <= _AT)
    .order_by(_TIME.desc(), listed_records.c.article_id)
    .offset(bindparam("skipped"))
)
_NEWER = _ITEMS.where(_TIME > _AT).order_by(_TIME, listed_records.c.article_id.desc())
_PAGE_MARKS = (
    select(record_page_marks)
    .where(record_page_marks.c.topic_id == bindparam("of_topic"))
    .order_by(record_page_marks.c.id)
)
_COLUMNS = ("topic_id", "published_at", "article_id", "moves")
_ADD = insert(record_page_marks).values({name: bindparam(name) for name in _COLUMNS})


def mark_pages(connection: Connection, places: Collection[PageMark]) -> None:
    """Mark places in pages, in the transaction that changes what is there."""
    run_with(connection, _ADD, [{name: getattr(place, name) for name in _COLUMNS} for place in places])


def list_marked_topics(store: Database) -> tuple[str, ...]:
    """Return the topics with marked pages."""
    query = select(record_page_marks.c.topic_id).distinct().order_by(record_page_marks.c.topic_id)
    with store.reading() as connection:
        return tuple(connection.execute(query).scalars())


def read_page_marks(store: Database, topic_id: str) -> tuple[int, tuple[PageMark, ...]]:
    """Return the marks of a topic's pages, and the id of the last of them."""
    with store.reading() as connection:
        rows = list(rows_with(connection, _PAGE_MARKS, {"of_topic": topic_id}))
    marks = tuple(PageMark(**{name: row[name] for name in _COLUMNS}) for row in rows)
    return max((row["id"] for row in rows), default=0), marks


def forget_page_marks(store: Database, topic_id: str, last_id: int) -> None:
    """Forget the marks of a topic's pages up to an id; the pages are on disk."""
    is_done = (record_page_marks.c.topic_id == topic_id) & (record_page_marks.c.id <= last_id)
    with store.writing() as connection:
        connection.execute(delete(record_page_marks).where(is_done))


def count_listed_records(store: Database, topic_id: str) -> int:
    """Return how many records a topic's pages list."""
    with store.reading() as connection:
        (row,) = rows_with(connection, _COUNT, {"of_topic": topic_id})
        return int(row["number"])


def find_position(store: Database, place: PageMark, *, after: Position) -> Position:
    """Return where a place is in its topic's pages, ``after`` a known position: quick where that is near."""
    values = {"of_topic": place.topic_id, "at": place.published_at}
    with store.reading() as connection:
        (between,) = rows_with(connection, _COUNT_BETWEEN, {**values, "until": after.published_at})
        (ties,) = rows_with(connection, _COUNT_TIES, {**values, "of_article": place.article_id})
    newer = after.newer + between["number"]
    return Position(published_at=place.published_at, newer=newer, before=newer + ties["number"])


def read_listed_records(
    store: Database, topic_id: str, *, start: int, count: int, near: Position
) -> tuple[ListedRecord, ...]:
    """Return up to ``count`` records of a topic's pages, in order, without the ``start`` first ones.

    That is quick where they are ``near`` a known position.
    """
    values = {"of_topic": topic_id, "at": near.published_at}
    above = {"most": max(near.newer - start, 0)}
    with store.reading() as connection:
        rows = list(rows_with(connection, _NEWER, {**values, **above}))[::-1][:count]
        below = {"most": count - len(rows), "skipped": max(start - near.newer, 0)}
        rows += rows_with(connection, _OLDER, {**values, **below})
    return tuple(ListedRecord(**row) for row in rows)
