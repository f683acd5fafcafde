"""Which articles show a picture's file: how a change of a picture finds them, and a publisher's default."""

__all__ = ["find_shared_files", "identify_unread_file", "note_picture_uses"]

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, func, select, update

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import run_with, upsert
from aggregator.store.marks import MarkKind, add_marks
from aggregator.store.pictures.picture_schema import picture_uses, pictures
from aggregator.store.schema import articles

DEFAULT_FROM = 5
"""A file that so many articles of a publisher show is the publisher's default and no article's own."""
Use = tuple[str, str, str]
"""A file's hash, the id of an article that shows it, the domain of the article's publisher."""

_FORGET = delete(picture_uses).where(
    and_(picture_uses.c.hash == bindparam("of_file"), picture_uses.c.article_id == bindparam("of_article"))
)
_FILE = (picture_uses.c.hash, picture_uses.c.provider_domain)


def identify_unread_file(url: str) -> str:
    """Return what stands for the hash of the file at ``url`` while nothing was read of it."""
    return hashlib.blake2b(url.encode("utf-8", "replace"), digest_size=16).hexdigest()


def note_picture_uses(
    store: Database,
    uses: Collection[Use],
    urls: Iterable[str],
    now: datetime,
    *,
    outdated: Collection[Use] = (),
) -> None:
    """Note that articles in play show files, found at these ``urls``; forget the ``outdated`` uses.

    Articles that were removed meanwhile are left out. Where a file turns out to be a publisher's default, all
    its articles that show it are to be looked at, those that were looked at before as well. An article that
    is new to a file with a local copy is published anew: it may show the copy.
    """
    names = ("hash", "article_id", "provider_domain")
    with store.writing() as connection:
        stored = _select_stored(connection, {article_id for _, article_id, _ in uses})
        rows = [dict(zip(names, use, strict=True)) for use in sorted(uses) if use[1] in stored]
        hashes = {row["hash"] for row in rows}
        before = _select_shared(connection, hashes, DEFAULT_FROM)
        add_marks(connection, MarkKind.ARTICLE, _find_new_to_copies(connection, rows, hashes))
        upsert(connection, picture_uses, rows)
        for hash_, domain in sorted(_select_shared(connection, hashes, DEFAULT_FROM) - before):
            of_file = (picture_uses.c.hash == hash_) & (picture_uses.c.provider_domain == domain)
            shown = connection.execute(select(picture_uses.c.article_id).where(of_file)).scalars().all()
            add_marks(connection, MarkKind.PICTURE, shown, due_at=now)
        run_with(connection, _FORGET, [{"of_file": use[0], "of_article": use[1]} for use in outdated])
        for chunk in chunks(sorted(set(urls))):
            connection.execute(update(pictures).where(pictures.c.url.in_(chunk)).values(used_at=now))


def find_shared_files(
    store: Database, hashes: Iterable[str], *, least: int = DEFAULT_FROM
) -> frozenset[tuple[str, str]]:
    """Return the files, as hash and provider domain, that at least so many of its articles have shown."""
    with store.reading() as connection:
        return frozenset(_select_shared(connection, hashes, least))


def find_users(connection: Connection, hashes: Collection[str]) -> dict[str, set[str]]:
    """Return by hash the articles that show a file, without those that it is only the default of."""
    found: dict[str, set[str]] = {}
    for chunk in chunks(sorted(set(hashes))):
        query = select(*_FILE).where(picture_uses.c.hash.in_(chunk)).group_by(*_FILE)
        rows = connection.execute(query.having(func.count() < DEFAULT_FROM)).all()
        own = {(row.hash, row.provider_domain) for row in rows}
        users = select(picture_uses).where(picture_uses.c.hash.in_(sorted({hash_ for hash_, _ in own})))
        for row in connection.execute(users):
            if (row.hash, row.provider_domain) in own:
                found.setdefault(row.hash, set()).add(row.article_id)
    return found


def _select_shared(connection: Connection, hashes: Iterable[str], least: int) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for chunk in chunks(sorted(set(hashes))):
        query = select(*_FILE).where(picture_uses.c.hash.in_(chunk)).group_by(*_FILE)
        rows = connection.execute(query.having(func.count() >= least))
        found.update((row.hash, row.provider_domain) for row in rows)
    return found


def _find_new_to_copies(
    connection: Connection, uses: Sequence[Mapping[str, str]], hashes: Iterable[str]
) -> list[str]:
    """Return the articles of uses that nobody noted before, of files with a local copy."""
    copied: set[str] = set()
    known: set[tuple[str, str]] = set()
    for chunk in chunks(sorted(hashes)):
        of_copy = select(pictures.c.hash).where(pictures.c.hash.in_(chunk), pictures.c.file.is_not(None))
        copied.update(connection.execute(of_copy).scalars())
    for chunk in chunks(sorted(copied)):
        noted = select(picture_uses.c.hash, picture_uses.c.article_id).where(picture_uses.c.hash.in_(chunk))
        known.update((row.hash, row.article_id) for row in connection.execute(noted))
    fresh = (use for use in uses if use["hash"] in copied and (use["hash"], use["article_id"]) not in known)
    return sorted({use["article_id"] for use in fresh})


def _select_stored(connection: Connection, article_ids: Collection[str]) -> set[str]:
    stored: set[str] = set()
    for chunk in chunks(sorted(article_ids)):
        stored.update(connection.execute(select(articles.c.id).where(articles.c.id.in_(chunk))).scalars())
    return stored
