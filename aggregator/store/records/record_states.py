"""What the records of articles say by now, kept by the transaction that forgets what asked for it.

Records are marked (``MarkKind.RECORD``) where they may say something else. Once their files are written, what
they say is kept, together with marks of the pages that list them: see ``store/records/record_lists.py``.
"""

__all__ = [
    "WRITTEN_BY",
    "RecordState",
    "RecordUpdate",
    "forget_record_states",
    "mark_records_of_sources",
    "measure_heat_again",
    "read_cooled_records",
    "read_record_states",
    "read_time_of_records",
    "restart_records",
    "save_record_update",
]

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import Row, rows_with, run_with, upsert
from aggregator.store.fast.prepared_in import rows_among, select_among
from aggregator.store.marks import Mark, MarkKind, add_marks, clear_marks, forget_marks, mark_selected
from aggregator.store.records.record_lists import PageMark, mark_pages
from aggregator.store.records.record_schema import (
    listed_records,
    record_files,
    record_page_marks,
    record_states,
    secured_texts,
)
from aggregator.store.schema import articles, notes

WRITTEN_BY = "records written by"
"""The note of what, apart from articles, the records were made of; empty where they are off."""
WRITTEN_AT = "records written at"
"""The note of the latest time whose heat a record tells."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordState:
    """What the record of an article says.

    ``heat`` falls from ``warmth``, None: it stays as it is; it is another from ``cools_at`` on, None: never.
    ``item`` is what the pages of the topics ``topic_ids`` hold of it; None and (): it is on none.
    """

    article_id: str
    published_at: datetime
    heat: int
    warmth: float | None
    cools_at: datetime | None
    item: bytes | None
    topic_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordUpdate:
    """What writing records came to.

    ``states`` are what they say, of which those in ``relisted`` are on other pages than before. The articles
    of the ids ``gone`` have no record any more. ``taken`` are the marks that asked for it. ``again`` are the
    ids of records to be written once more, with the time.
    """

    states: Sequence[RecordState] = ()
    relisted: Sequence[RecordState] = ()
    gone: Collection[str] = ()
    page_marks: Collection[PageMark] = ()
    taken: Collection[Mark] = ()
    again: Mapping[str, datetime] = field(default_factory=dict)


_NAMES = tuple(column.name for column in record_states.c)
_STATES = select_among(record_states, record_states.c.article_id)
_LISTS = select_among(listed_records, listed_records.c.article_id)
_COOLED = (
    select(record_states)
    .where(record_states.c.cools_at <= bindparam("now", type_=record_states.c.cools_at.type))
    .order_by(record_states.c.cools_at, record_states.c.article_id)
    .limit(bindparam("most"))
)
_UNLIST = delete(listed_records).where(listed_records.c.article_id == bindparam("of_article"))
_FORGET = delete(record_states).where(record_states.c.article_id == bindparam("of_article"))


def read_record_states(store: Database, article_ids: Iterable[str]) -> dict[str, RecordState]:
    """Return by article id what records say."""
    with store.reading() as connection:
        rows = list(rows_among(connection, _STATES, set(article_ids)))
        return {state.article_id: state for state in _add_topics(connection, rows)}


def read_cooled_records(store: Database, now: datetime, *, limit: int) -> tuple[RecordState, ...]:
    """Return records whose heat is another by ``now``, those for which it is longest first."""
    with store.reading() as connection:
        return _add_topics(connection, list(rows_with(connection, _COOLED, {"now": now, "most": limit})))


def save_record_update(store: Database, done: RecordUpdate, *, now: datetime) -> None:
    """Keep what writing records came to; their files are on disk."""
    with store.writing() as connection:
        rows = [{name: getattr(state, name) for name in _NAMES} for state in done.states]
        upsert(connection, record_states, rows)
        _forget_states(connection, done.gone)
        run_with(connection, _UNLIST, [{"of_article": state.article_id} for state in done.relisted])
        lists = [
            {"article_id": state.article_id, "topic_id": topic_id, "published_at": state.published_at}
            for state in done.relisted
            for topic_id in state.topic_ids
        ]
        upsert(connection, listed_records, lists)
        mark_pages(connection, done.page_marks)
        forget_marks(connection, done.taken)
        for article_id, due_at in done.again.items():
            add_marks(connection, MarkKind.RECORD, [article_id], due_at=due_at)
        noted_at = _find_time(connection)
        if noted_at is None or now > noted_at:
            upsert(connection, notes, [{"key": WRITTEN_AT, "value": now.isoformat()}])


def restart_records(store: Database, written_by: str, page_marks: Collection[PageMark]) -> None:
    """Have every record and these pages written anew; note what, apart from articles, they are made of."""
    with store.writing() as connection:
        _mark_all(connection)
        mark_pages(connection, page_marks)
        upsert(connection, notes, [{"key": WRITTEN_BY, "value": written_by}])


def mark_records_of_sources(store: Database, source_ids: Collection[str], *, note: tuple[str, str]) -> None:
    """Have the records of what sources brought written anew, and keep a note."""
    with store.writing() as connection:
        for chunk in chunks(sorted(source_ids)):
            theirs = select(articles.c.id).where(articles.c.source_id.in_(chunk))
            mark_selected(connection, MarkKind.RECORD, theirs)
        upsert(connection, notes, [{"key": note[0], "value": note[1]}])


def read_time_of_records(store: Database) -> datetime | None:
    """Return the latest time whose heat a record tells, None where there are none."""
    with store.reading() as connection:
        return _find_time(connection)


def measure_heat_again(store: Database, now: datetime) -> None:
    """Have the heat of every record looked at: the clock was set back to ``now``."""
    with store.writing() as connection:
        connection.execute(
            update(record_states).where(record_states.c.warmth.is_not(None)).values(cools_at=now)
        )
        upsert(connection, notes, [{"key": WRITTEN_AT, "value": now.isoformat()}])


def forget_record_states(store: Database, *, is_off: bool) -> None:
    """Forget all that records and their pages say, and the marks of both; note whether they are off."""
    with store.writing() as connection:
        clear_marks(connection, [MarkKind.RECORD])
        for table in (record_states, listed_records, record_page_marks):
            connection.execute(delete(table))
        connection.execute(delete(notes).where(notes.c.key.in_((WRITTEN_BY, WRITTEN_AT))))
        if is_off:
            upsert(connection, notes, [{"key": WRITTEN_BY, "value": ""}])


def _find_time(connection: Connection) -> datetime | None:
    noted = connection.execute(select(notes.c.value).where(notes.c.key == WRITTEN_AT)).scalar()
    return datetime.fromisoformat(noted) if noted else None


def _mark_all(connection: Connection) -> None:
    stored, said = select(articles.c.id), select(record_states.c.article_id)
    left, named = record_states.c.article_id.not_in(stored), record_files.c.article_id.not_in(stored)
    clear_marks(connection, [MarkKind.RECORD])
    mark_selected(connection, MarkKind.RECORD, stored)
    mark_selected(connection, MarkKind.RECORD, said.where(left))
    others = select(record_files.c.article_id).where(named, record_files.c.article_id.not_in(said))
    mark_selected(connection, MarkKind.RECORD, others)


def _forget_states(connection: Connection, article_ids: Collection[str]) -> None:
    """Forget what records said; of articles that are not stored any more, their files' names as well."""
    ids = [{"of_article": article_id} for article_id in article_ids]
    run_with(connection, _UNLIST, ids)
    run_with(connection, _FORGET, ids)
    for chunk in chunks(sorted(article_ids)):
        for table in (record_files, secured_texts):
            is_gone = table.c.article_id.not_in(select(articles.c.id))
            connection.execute(delete(table).where(table.c.article_id.in_(chunk), is_gone))


def _add_topics(connection: Connection, rows: Sequence[Row]) -> tuple[RecordState, ...]:
    topic_ids: dict[str, list[str]] = {row["article_id"]: [] for row in rows}
    for listed in rows_among(connection, _LISTS, topic_ids):
        topic_ids[listed["article_id"]].append(listed["topic_id"])
    return tuple(RecordState(**row, topic_ids=tuple(sorted(topic_ids[row["article_id"]]))) for row in rows)
