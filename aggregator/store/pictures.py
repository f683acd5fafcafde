"""What is known of pictures and logos: their sizes, local copies, and which articles show them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select, update

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.schema import articles, logos, picture_uses, pictures

IDLE_AT_ONCE = 200
"""Idle pictures that one transaction forgets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What is known of the picture at ``url``.

    ``hash``        of what was read of its file; None: it could not be fetched
    ``width``       in pixels as it is shown, like ``height``; None where there is a ``problem``
    ``file``        the local copy's name in the cache, of ``size_bytes``; None: there is none
    ``problem``     why it is not shown; None: it is
    ``used_at``     when an article in play last had it
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Logo:
    """Where a publisher's logo was found; ``problem`` tells why there is none."""

    domain: str
    checked_at: datetime
    url: str | None = None
    problem: str | None = None


def read_pictures(store: Database, urls: Iterable[str]) -> dict[str, Picture]:
    """Return what is known of the pictures at these addresses, by address."""
    with store.reading() as connection:
        return {
            row["url"]: Picture(**row)
            for chunk in chunks(sorted(set(urls)))
            for row in connection.execute(select(pictures).where(pictures.c.url.in_(chunk))).mappings()
        }


def save_pictures(store: Database, found: Sequence[Picture]) -> None:
    """Save what was found out about pictures."""
    if found:
        with store.writing() as connection:
            upsert(connection, pictures, [asdict(picture) for picture in found])


def note_picture_uses(
    store: Database, uses: Collection[tuple[str, str, str]], urls: Iterable[str], now: datetime
) -> None:
    """Note that articles in play show files (hash, article id, provider domain), found at these ``urls``.

    Articles that were removed meanwhile are left out.
    """
    names = ("hash", "article_id", "provider_domain")
    with store.writing() as connection:
        stored = _select_stored(connection, {article_id for _, article_id, _ in uses})
        rows = [dict(zip(names, use, strict=True)) for use in sorted(uses) if use[1] in stored]
        upsert(connection, picture_uses, rows)
        for chunk in chunks(sorted(set(urls))):
            connection.execute(update(pictures).where(pictures.c.url.in_(chunk)).values(used_at=now))


def find_shared_files(store: Database, hashes: Iterable[str], *, least: int) -> frozenset[tuple[str, str]]:
    """Return the files, as hash and provider domain, that at least so many of its articles have shown."""
    key = (picture_uses.c.hash, picture_uses.c.provider_domain)
    found: set[tuple[str, str]] = set()
    with store.reading() as connection:
        for chunk in chunks(sorted(set(hashes))):
            query = select(*key).where(picture_uses.c.hash.in_(chunk)).group_by(*key)
            rows = connection.execute(query.having(func.count() >= least))
            found.update((row.hash, row.provider_domain) for row in rows)
    return frozenset(found)


def measure_cache(store: Database, *, used_since: datetime | None = None) -> int:
    """Return how much the local copies take, all or those in use; a file of several addresses counts once."""
    each = select(func.max(pictures.c.size_bytes).label("size")).where(pictures.c.file.is_not(None))
    if used_since is not None:
        each = each.where(pictures.c.used_at >= used_since)
    query = select(func.coalesce(func.sum(each.group_by(pictures.c.file).subquery().c.size), 0))
    with store.reading() as connection:
        return int(connection.execute(query).scalar_one())


def evict_pictures(
    store: Database, *, max_bytes: int, before: datetime | None, remove: Callable[[Sequence[str]], object]
) -> None:
    """Forget local copies, those unused longest first, until the rest take ``max_bytes``.

    What was used at ``before`` or later stays, whatever it takes; None: nothing does. ``remove`` is given the
    names of the copies first: killed in between, the same go again.
    """
    excess = measure_cache(store) - max_bytes
    if excess <= 0:
        return
    used_at = func.max(pictures.c.used_at, type_=pictures.c.used_at.type)
    query = select(pictures.c.file, func.max(pictures.c.size_bytes).label("size"))
    query = query.where(pictures.c.file.is_not(None)).group_by(pictures.c.file)
    if before is not None:
        query = query.having(used_at < before)
    evicted: list[str] = []
    with store.reading() as connection:
        for row in connection.execute(query.order_by(used_at, pictures.c.file)):
            if excess <= 0:
                break
            evicted.append(row.file)
            excess -= row.size
    for chunk in chunks(evicted):
        remove(chunk)
        with store.writing() as connection:
            gone = update(pictures).where(pictures.c.file.in_(chunk)).values(file=None, size_bytes=None)
            connection.execute(gone)


def forget_idle_pictures(
    store: Database, before: datetime, remove: Callable[[Sequence[str]], object]
) -> None:
    """Forget pictures that no article in play had since; of those with a copy, what no article shows.

    ``remove`` is given the names of the copies first.
    """
    is_shown = exists().where(picture_uses.c.hash == pictures.c.hash)
    is_idle = (pictures.c.used_at < before) & (pictures.c.file.is_(None) | ~is_shown)
    query = select(pictures.c.url).where(is_idle).limit(IDLE_AT_ONCE)
    while True:
        with store.reading() as connection:
            urls = connection.execute(query).scalars().all()
            copies = find_unused_copies(connection, urls)
        if not urls:
            return
        remove(copies)
        with store.writing() as connection:
            connection.execute(delete(pictures).where(pictures.c.url.in_(urls), is_idle))


def find_unused_copies(connection: Connection, urls: Sequence[str]) -> tuple[str, ...]:
    """Return the copies of pictures at these addresses, without those that other addresses have, too."""
    unused = frozenset(urls)
    files: set[str] = set()
    for chunk in chunks(urls):
        own = select(pictures.c.file).where(pictures.c.url.in_(chunk), pictures.c.file.is_not(None))
        files.update(connection.execute(own).scalars())
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


def read_logos(store: Database, domains: Iterable[str]) -> Mapping[str, Logo]:
    """Return what is known of these publishers' logos, by domain."""
    with store.reading() as connection:
        return {
            row["domain"]: Logo(**row)
            for chunk in chunks(sorted(set(domains)))
            for row in connection.execute(select(logos).where(logos.c.domain.in_(chunk))).mappings()
        }


def save_logos(store: Database, found: Sequence[Logo]) -> frozenset[str]:
    """Save what was found out about logos; return the domains of those that were saved.

    A publisher whose articles were all removed meanwhile has none.
    """
    with store.writing() as connection:
        domains = {logo.domain for logo in found}
        query = select(articles.c.provider_domain).where(articles.c.provider_domain.in_(domains)).distinct()
        kept = frozenset(connection.execute(query).scalars())
        upsert(connection, logos, [asdict(logo) for logo in found if logo.domain in kept])
        return kept


def _select_stored(connection: Connection, article_ids: Collection[str]) -> set[str]:
    stored: set[str] = set()
    for chunk in chunks(sorted(article_ids)):
        stored.update(connection.execute(select(articles.c.id).where(articles.c.id.in_(chunk))).scalars())
    return stored
