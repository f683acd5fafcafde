"""What is known of pictures: their sizes, why they cannot be used, and their local copies."""

__all__ = ["Picture", "forget_idle_pictures", "read_pictures", "save_pictures"]

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.marks import AT_ONCE, MarkKind
from aggregator.store.pictures.picture_copies import (
    RemoveFiles,
    find_unused_copies,
    find_used_pictures,
    keep_used,
    mark_users,
    measuring_copies,
)
from aggregator.store.pictures.picture_schema import picture_uses, pictures
from aggregator.store.shown.shown_articles import SizeOfFeed

IDLE_AT_ONCE = 200
"""Idle pictures that one transaction forgets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What is known of the picture at ``url``.

    ``hash``        of what was read of its file; None: it could not be fetched
    ``width``       in pixels as it is shown, like ``height``; None where there is a ``problem``
    ``file``        the local copy's name in the cache, of ``size_bytes``; None: there is none
    ``problem``     why it is not shown; None: it is
    ``used_at``     when an article in play was last looked at that has it
    """

    url: str
    checked_at: datetime
    used_at: datetime
    hash: str | None = None
    width: int | None = None
    height: int | None = None
    file: str | None = None
    size_bytes: int | None = None
    problem: str | None = None


def read_pictures(store: Database, urls: Iterable[str]) -> dict[str, Picture]:
    """Return what is known of the pictures at these addresses, by address."""
    with store.reading() as connection:
        return _read_pictures(connection, urls)


def save_pictures(
    store: Database,
    found: Sequence[Picture],
    *,
    looked: Collection[str] = (),
    shown_at: datetime = AT_ONCE,
) -> None:
    """Save what was found out about pictures, and mark the articles that show them where that is new.

    Where a copy came they are published anew from ``shown_at`` on, when its file is written. Where its size
    or problem is another, all but those that were ``looked`` at are to be looked at.
    """
    if not found:
        return
    urls = [picture.url for picture in found]
    with store.writing() as connection:
        known = _read_pictures(connection, urls)
        with measuring_copies(connection, urls, {picture.file for picture in found if picture.file}):
            upsert(connection, pictures, [asdict(picture) for picture in found])
        # Who shows a picture is known by the hash that it had, if any.
        before = [(new, known.get(new.url) or replace(new, hash=None, file=None)) for new in found]
        copied = [old for new, old in before if new.file != old.file]
        mark_users(connection, MarkKind.ARTICLE, copied, due_at=shown_at)
        other = [old for new, old in before if new.url not in known or _say(new) != _say(old)]
        now = max(picture.checked_at for picture in found)
        mark_users(connection, MarkKind.PICTURE, other, without=looked, due_at=now)


def forget_idle_pictures(
    store: Database, before: datetime, remove: RemoveFiles, *, size_of: SizeOfFeed, now: datetime
) -> None:
    """Forget pictures that no article in play had since; of those with a copy, what no article shows.

    ``remove`` is given the names of the copies first.
    """
    is_shown = exists().where(picture_uses.c.hash == pictures.c.hash)
    is_idle = (pictures.c.used_at < before) & (pictures.c.file.is_(None) | ~is_shown)
    query = select(pictures).where(is_idle).order_by(pictures.c.used_at).limit(IDLE_AT_ONCE)
    while True:
        with store.reading() as connection:
            rows = connection.execute(query).all()
            used = find_used_pictures(connection, rows, size_of)
            urls = [row.url for row in rows if row.url not in used]
            copies = find_unused_copies(connection, urls)
        if not rows:
            return
        remove(copies)
        keep_used(store, sorted(used), now)
        with store.writing() as connection, measuring_copies(connection, urls, ()):
            connection.execute(delete(pictures).where(pictures.c.url.in_(urls), is_idle))


def _read_pictures(connection: Connection, urls: Iterable[str]) -> dict[str, Picture]:
    return {
        row["url"]: Picture(**row)
        for chunk in chunks(sorted(set(urls)))
        for row in connection.execute(select(pictures).where(pictures.c.url.in_(chunk))).mappings()
    }


def _say(picture: Picture) -> tuple[object, ...]:
    """Return what articles are revised by."""
    return picture.hash, picture.width, picture.height, picture.problem is not None
