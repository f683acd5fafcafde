"""The local copies of pictures: how much they take, which go where there is no room, and which are lost."""

__all__ = [
    "evict_pictures",
    "find_unknown_copies",
    "forget_copies",
    "forget_lost_copies",
    "list_copies",
    "measure_cache",
    "read_copy_users",
]

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.marks import AT_ONCE, MarkKind, add_marks
from aggregator.store.notes import LONG_AGO
from aggregator.store.pictures.picture_schema import pictures
from aggregator.store.pictures.picture_uses import find_users, identify_unread_file
from aggregator.store.schema import notes
from aggregator.store.shown.shown_articles import SizeOfFeed, find_shown_articles

LOOKED_AT_ONCE = 200
"""Copies of which it is found out together whether they may go."""
PAUSE_OF_EACH = timedelta(milliseconds=50)
"""Where no copy may go it is not tried again before this long for each: to find out takes .1 ms for each."""
_SIZE = "bytes of copied pictures"
_FULL_UNTIL = "no room for copied pictures until"
RemoveFiles = Callable[[Sequence[str]], object]
"""Removes the files of copies, by their names."""


def measure_cache(store: Database) -> int:
    """Return how many bytes the local copies take; a file of several addresses counts once."""
    with store.reading() as connection:
        noted = _read_note(connection, _SIZE)
        return _measure(connection, None) if noted is None else int(noted)


@contextmanager
def measuring_copies(connection: Connection, urls: Collection[str], files: Collection[str]) -> Iterator[None]:
    """Keep what the cache takes known, over a change of the pictures at ``urls`` that may add ``files``."""
    touched = {*files, *_read_files(connection, urls)}
    if not touched:
        yield
        return
    noted = _read_note(connection, _SIZE)
    if noted is None:
        yield
        after = _measure(connection, None)
    else:
        before = _measure(connection, touched)
        yield
        after = int(noted) + _measure(connection, touched) - before
    if str(after) != noted:
        upsert(connection, notes, [{"key": _SIZE, "value": str(after)}])


def evict_pictures(
    store: Database, *, max_bytes: int, before: datetime | None, size_of: SizeOfFeed, remove: RemoveFiles
) -> int:
    """Forget local copies, those unused longest first, until the rest take ``max_bytes``; return that size.

    What was used at ``before`` or later stays, and what feeds show, whatever it takes; ``before`` None:
    nothing does. ``remove`` is given the names of the copies first: killed in between, the same go again.
    """
    size = measure_cache(store)
    excess = size - max_bytes
    if excess <= 0 or (before is not None and _is_known_full(store, before)):
        return size
    looked, last = 0, (LONG_AGO, "")
    while excess > 0:
        with store.reading() as connection:
            rows = _read_candidates(connection, before, last)
            used = set() if before is None else _find_used(connection, rows, size_of)
        if not rows:
            _note_full(store, before, looked)
            break
        looked, last = looked + len(rows), (rows[-1].used_at, rows[-1].url)
        evicted: dict[str, int] = {}
        for row in rows:
            if excess > 0 and row.is_newest and row.file not in {*used, *evicted}:
                evicted[row.file] = row.size_bytes or 0
                excess -= evicted[row.file]
        keep_used(store, [row.url for row in rows if row.file in used], before)
        remove(tuple(evicted))
        forget_copies(store, tuple(evicted))
    return measure_cache(store)


def forget_copies(store: Database, files: Collection[str]) -> None:
    """Forget local copies whose files are gone: what shows them is published anew."""
    for chunk in chunks(sorted(files)):
        with store.writing() as connection:
            rows = connection.execute(select(pictures).where(pictures.c.file.in_(chunk))).all()
            with measuring_copies(connection, (), chunk):
                gone = update(pictures).where(pictures.c.file.in_(chunk)).values(file=None, size_bytes=None)
                connection.execute(gone)
            mark_users(connection, MarkKind.ARTICLE, rows)


def forget_lost_copies(
    store: Database, folder: str, present: Collection[str], now: datetime, *, before: datetime
) -> int:
    """Forget the copies in a folder of the cache that are not ``present``, to be made again; return how many.

    Files of those that were made since ``before`` may not be written yet.
    """
    in_folder = (pictures.c.file >= f"{folder}/") & (pictures.c.file < f"{folder}0")  # 0 follows the slash
    with store.reading() as connection:
        rows = connection.execute(select(pictures).where(in_folder, pictures.c.checked_at < before)).all()
    lost = [row for row in rows if row.file not in present]
    if lost:
        forget_copies(store, {row.file for row in lost})
        with store.writing() as connection:
            mark_users(connection, MarkKind.PICTURE, lost, due_at=now)
    return len(lost)


def mark_users(
    connection: Connection,
    kind: MarkKind,
    rows: Iterable[Any],
    *,
    without: Collection[str] = (),
    due_at: datetime = AT_ONCE,
) -> None:
    """Mark the articles that show one of these pictures, of each its ``url`` and ``hash``."""
    keys = {key for row in rows for key in (row.hash, identify_unread_file(row.url)) if key}
    users = {article_id for ids in find_users(connection, keys).values() for article_id in ids}
    add_marks(connection, kind, sorted(users.difference(without)), due_at=due_at)


def find_used_pictures(connection: Connection, rows: Iterable[Any], size_of: SizeOfFeed) -> frozenset[str]:
    """Return the addresses of those of the pictures, of each its ``url`` and ``hash``, that a feed shows."""
    keys = {row.url: {row.hash or "", identify_unread_file(row.url)} for row in rows}
    users = find_users(connection, {key for of_one in keys.values() for key in of_one if key})
    shown = find_shown_articles(connection, {id_ for ids in users.values() for id_ in ids}, size_of)
    used = {key for key, ids in users.items() if ids & shown}
    return frozenset(url for url, of_one in keys.items() if of_one & used)


def read_copy_users(store: Database, files: Collection[str]) -> dict[str, set[str]]:
    """Return by local copy the articles that show its picture, wherever they have it from."""
    found: dict[str, set[str]] = {file: set() for file in files}
    with store.reading() as connection:
        for chunk in chunks(sorted(files)):
            rows = connection.execute(select(pictures).where(pictures.c.file.in_(chunk))).all()
            keys = {key: row.file for row in rows for key in (row.hash, identify_unread_file(row.url)) if key}
            for key, article_ids in find_users(connection, keys).items():
                found[keys[key]] |= article_ids
    return found


def keep_used(store: Database, urls: Sequence[str], now: datetime | None) -> None:
    """Note that pictures are in use, so that the next eviction looks at others first."""
    if urls and now is not None:
        with store.writing() as connection:
            for chunk in chunks(urls):
                connection.execute(update(pictures).where(pictures.c.url.in_(chunk)).values(used_at=now))


def find_unused_copies(connection: Connection, urls: Sequence[str]) -> tuple[str, ...]:
    """Return the copies of pictures at these addresses, without those that other addresses have, too."""
    unused = frozenset(urls)
    files = _read_files(connection, urls)
    for chunk in chunks(sorted(files)):
        rows = connection.execute(select(pictures.c.file, pictures.c.url).where(pictures.c.file.in_(chunk)))
        files.difference_update(row.file for row in rows if row.url not in unused)
    return tuple(sorted(files))


def find_unknown_copies(store: Database, names: Sequence[str]) -> tuple[str, ...]:
    """Return those of the names of copies that no picture has."""
    known: set[str] = set()
    with store.reading() as connection:
        for chunk in chunks(names):
            query = select(pictures.c.file).where(pictures.c.file.in_(chunk))
            known.update(connection.execute(query).scalars())
    return tuple(name for name in names if name not in known)


def list_copies(store: Database, *, before: datetime) -> tuple[str, ...]:
    """Return the names of all copies of pictures that were looked at before a time."""
    query = select(pictures.c.file).where(pictures.c.file.is_not(None), pictures.c.checked_at < before)
    with store.reading() as connection:
        return tuple(connection.execute(query.distinct().order_by(pictures.c.file)).scalars())


def _find_used(connection: Connection, rows: Iterable[Any], size_of: SizeOfFeed) -> set[str]:
    """Return those of the copies that a feed shows, wherever they come from."""
    alike = [
        row
        for chunk in chunks(sorted({row.file for row in rows}))
        for row in connection.execute(select(pictures).where(pictures.c.file.in_(chunk)))
    ]
    used = find_used_pictures(connection, alike, size_of)
    return {row.file for row in alike if row.url in used}


def _read_note(connection: Connection, key: str) -> str | None:
    return connection.execute(select(notes.c.value).where(notes.c.key == key)).scalar()


def _read_files(connection: Connection, urls: Collection[str]) -> set[str]:
    files: set[str] = set()
    for chunk in chunks(sorted(urls)):
        own = select(pictures.c.file).where(pictures.c.url.in_(chunk), pictures.c.file.is_not(None))
        files.update(connection.execute(own).scalars())
    return files


def _measure(connection: Connection, files: Collection[str] | None) -> int:
    """Return how many bytes these copies take, None: all."""
    query = select(func.max(pictures.c.size_bytes).label("size")).group_by(pictures.c.file)
    wanted = (
        [query.where(pictures.c.file.is_not(None))]
        if files is None
        else [query.where(pictures.c.file.in_(chunk)) for chunk in chunks(sorted(files))]
    )
    sums = (select(func.coalesce(func.sum(each.subquery().c.size), 0)) for each in wanted)
    return sum(int(connection.execute(total).scalar_one()) for total in sums)


def _read_candidates(
    connection: Connection, before: datetime | None, last: tuple[datetime, str]
) -> Sequence[Any]:
    """Return some pictures with a copy that may go, those unused longest first, from after the ``last``."""
    other = pictures.alias()
    is_older = (other.c.file == pictures.c.file) & (other.c.used_at > pictures.c.used_at)
    columns = (pictures.c.url, pictures.c.hash, pictures.c.file, pictures.c.size_bytes, pictures.c.used_at)
    query = select(*columns, (~select(other.c.url).where(is_older).exists()).label("is_newest"))
    query = query.where(pictures.c.file.is_not(None)).order_by(pictures.c.used_at, pictures.c.url)
    if last[1]:
        is_after = (pictures.c.used_at > last[0]) | (pictures.c.url > last[1])
        query = query.where(pictures.c.used_at >= last[0], is_after)
    if before is not None:
        query = query.where(pictures.c.used_at < before)
    return connection.execute(query.limit(LOOKED_AT_ONCE)).all()


def _is_known_full(store: Database, now: datetime) -> bool:
    with store.reading() as connection:
        noted = _read_note(connection, _FULL_UNTIL)
    if noted is None:
        return False
    since, until = map(datetime.fromisoformat, noted.split())
    return since <= now < until


def _note_full(store: Database, now: datetime | None, looked: int) -> None:
    if now is not None:
        with store.writing() as connection:
            until = now + looked * PAUSE_OF_EACH
            value = f"{now.isoformat()} {until.isoformat()}"
            upsert(connection, notes, [{"key": _FULL_UNTIL, "value": value}])
