"""What is kept of records: the names of their files, and their sealed texts."""

__all__ = [
    "assign_record_names",
    "find_record_names",
    "list_written_records",
    "read_record_names",
    "read_secured_texts",
    "save_secured_texts",
]

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.fast.prepared_in import rows_among, select_among
from aggregator.store.records.record_schema import record_files, record_states, secured_texts
from aggregator.store.schema import sightings

SUFFIX_LENGTHS = (4, 8, 36)
_NAMES = select_among(record_files, record_files.c.article_id)


def assign_record_names(store: Database, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the file names of records by article id, each assigned once and never changed.

    ``wanted`` has the name that each article would have. A name that another article has gets the
    beginning of the article's id before its ending.
    """
    with store.writing() as connection:
        known = {row["article_id"]: row["name"] for row in rows_among(connection, _NAMES, wanted)}
        fresh = {article_id: name for article_id, name in wanted.items() if article_id not in known}
        taken: set[str] = set()
        for chunk in chunks(sorted(_list_variants(fresh))):
            taken.update(
                connection.execute(
                    select(record_files.c.name).where(record_files.c.name.in_(chunk))
                ).scalars()
            )
        given = {}
        for article_id, name in fresh.items():
            given[article_id] = next(v for v in _yield_names(article_id, name) if v not in taken)
            taken.add(given[article_id])
        rows_in = [{"article_id": article_id, "name": name} for article_id, name in given.items()]
        upsert(connection, record_files, rows_in)
        return known | given


def read_record_names(store: Database, article_ids: Sequence[str]) -> dict[str, str]:
    """Return article id -> file name of the records of these articles that have one."""
    with store.reading() as connection:
        return {row["article_id"]: row["name"] for row in rows_among(connection, _NAMES, article_ids)}


def list_written_records(store: Database) -> dict[str, str]:
    """Return by article the names of the records whose files were written."""
    query = select(record_files).join(record_states, record_states.c.article_id == record_files.c.article_id)
    with store.reading() as connection:
        return {row.article_id: row.name for row in connection.execute(query)}


def find_record_names(
    store: Database, article_ids: Collection[str] | None, *, except_source: str
) -> dict[str, str]:
    """Return article id -> file name of the records of these articles, of all where that is None.

    Those that the source ``except_source`` brought are left out: their files may have been there before.
    """
    with store.reading() as connection:
        if article_ids is None:
            return select_record_names(connection, None, except_source=except_source)
        found: dict[str, str] = {}
        for chunk in chunks(sorted(article_ids)):
            found |= select_record_names(connection, chunk, except_source=except_source)
        return found


def select_record_names(
    connection: Connection, article_ids: Collection[str] | None, *, except_source: str
) -> dict[str, str]:
    """Return what ``find_record_names`` does, of as many articles as a statement may name."""
    brought = select(sightings.c.article_id).where(sightings.c.source_id == except_source)
    query = select(record_files)
    if article_ids is not None:
        brought = brought.where(sightings.c.article_id.in_(article_ids))
        query = query.where(record_files.c.article_id.in_(article_ids))
    rows = connection.execute(query.where(record_files.c.article_id.not_in(brought)))
    return {row.article_id: row.name for row in rows}


def _list_variants(names: Mapping[str, str]) -> set[str]:
    return {variant for article_id, name in names.items() for variant in _yield_names(article_id, name)}


def _yield_names(article_id: str, name: str) -> Iterable[str]:
    stem = name.removesuffix(".md")
    return (name, *(f"{stem}-{article_id[:length]}.md" for length in SUFFIX_LENGTHS))


def read_secured_texts(store: Database, article_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return article id -> digest and text of what was sealed for it."""
    found: dict[str, tuple[str, str]] = {}
    with store.reading() as connection:
        for chunk in chunks(article_ids):
            rows = connection.execute(select(secured_texts).where(secured_texts.c.article_id.in_(chunk)))
            found |= {row.article_id: (row.digest, row.text) for row in rows}
    return found


def save_secured_texts(store: Database, sealed: Mapping[str, tuple[str, str]]) -> None:
    """Keep digest and text of what was sealed, by article id."""
    if sealed:
        rows = [{"article_id": i, "digest": digest, "text": text} for i, (digest, text) in sealed.items()]
        with store.writing() as connection:
            upsert(connection, secured_texts, rows)
