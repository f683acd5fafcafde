"""The local copies of pictures that some articles show and no others."""

__all__ = ["find_own_copies", "find_sharing_articles"]

from collections.abc import Collection

from sqlalchemy import Connection, select

from aggregator.store.database import Database, chunks
from aggregator.store.pictures.picture_schema import picture_uses, pictures


def find_own_copies(store: Database, article_ids: Collection[str]) -> tuple[str, ...]:
    """Return the names of the copies that these articles show and, as far as is known, no others."""
    with store.reading() as connection:
        hashes = _find_own_hashes(connection, article_ids)
        files: set[str] = set()
        for chunk in chunks(sorted(hashes)):
            own = select(pictures.c.file).where(pictures.c.hash.in_(chunk), pictures.c.file.is_not(None))
            files.update(connection.execute(own).scalars())
        for chunk in chunks(sorted(files)):
            alike = select(pictures.c.file, pictures.c.hash).where(pictures.c.file.in_(chunk))
            files -= {row.file for row in connection.execute(alike) if row.hash not in hashes}
    return tuple(sorted(files))


def find_sharing_articles(store: Database, article_ids: Collection[str]) -> frozenset[str]:
    """Return all articles that show a file that one of these shows, with these."""
    found: set[str] = set()
    with store.reading() as connection:
        for chunk in chunks(sorted(article_ids)):
            shown = select(picture_uses.c.hash).where(picture_uses.c.article_id.in_(chunk))
            users = select(picture_uses.c.article_id).where(picture_uses.c.hash.in_(shown)).distinct()
            found.update(connection.execute(users).scalars())
    return frozenset(found)


def _find_own_hashes(connection: Connection, article_ids: Collection[str]) -> set[str]:
    """Return the hashes of the files that these articles alone show."""
    hashes: set[str] = set()
    for chunk in chunks(sorted(article_ids)):
        shown = select(picture_uses.c.hash).where(picture_uses.c.article_id.in_(chunk))
        hashes.update(connection.execute(shown).scalars())
    for chunk in chunks(sorted(hashes)):
        users = select(picture_uses.c.hash, picture_uses.c.article_id).where(picture_uses.c.hash.in_(chunk))
        hashes -= {row.hash for row in connection.execute(users) if row.article_id not in article_ids}
    return hashes
