"""What is known of pictures and logos: their sizes, local copies, and which articles show them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from aggregator.model import Article
from aggregator.store.driver import upsert
from aggregator.store.known import carriers_of, chunks, read_articles
from aggregator.store.schema import logos, picture_uses, pictures
from aggregator.store.store import Store
from aggregator.store.write import write_articles


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


def pictures_at(store: Store, urls: Iterable[str]) -> dict[str, Picture]:
    """Return what is known of the pictures at these addresses, by address."""
    with store.reading() as connection:
        return {
            row["url"]: Picture(**row)
            for chunk in chunks(sorted(set(urls)))
            for row in connection.execute(select(pictures).where(pictures.c.url.in_(chunk))).mappings()
        }


def keep_pictures(store: Store, found: Sequence[Picture]) -> None:
    """Keep what was found out about pictures."""
    if found:
        with store.writing() as connection:
            upsert(connection, pictures, [asdict(picture) for picture in found])


def note_uses(
    store: Store, uses: Collection[tuple[str, str, str]], urls: Iterable[str], now: datetime
) -> None:
    """Note that articles in play show files, as hash, article id and provider domain, at these ``urls``."""
    names = ("hash", "article_id", "provider_domain")
    with store.writing() as connection:
        upsert(connection, picture_uses, [dict(zip(names, use, strict=True)) for use in sorted(uses)])
        for chunk in chunks(sorted(set(urls))):
            connection.execute(update(pictures).where(pictures.c.url.in_(chunk)).values(used_at=now))


def shared_files(store: Store, hashes: Iterable[str], *, least: int) -> frozenset[tuple[str, str]]:
    """Return the files, as hash and provider domain, that at least so many of its articles have shown."""
    key = (picture_uses.c.hash, picture_uses.c.provider_domain)
    found: set[tuple[str, str]] = set()
    with store.reading() as connection:
        for chunk in chunks(sorted(set(hashes))):
            query = select(*key).where(picture_uses.c.hash.in_(chunk)).group_by(*key)
            rows = connection.execute(query.having(func.count() >= least))
            found.update((row.hash, row.provider_domain) for row in rows)
    return frozenset(found)


def cached_bytes(store: Store, *, used_since: datetime | None = None) -> int:
    """Return how much the local copies take, all or those in use; a file of several addresses counts once."""
    each = select(func.max(pictures.c.size_bytes).label("size")).where(pictures.c.file.is_not(None))
    if used_since is not None:
        each = each.where(pictures.c.used_at >= used_since)
    query = select(func.coalesce(func.sum(each.group_by(pictures.c.file).subquery().c.size), 0))
    with store.reading() as connection:
        return int(connection.execute(query).scalar_one())


def evict_pictures(store: Store, *, max_bytes: int, before: datetime) -> tuple[str, ...]:
    """Forget local copies, those unused longest first, until the rest take ``max_bytes``; return their names.

    What was used at ``before`` or later stays, whatever it takes.
    """
    excess = cached_bytes(store) - max_bytes
    used_at = func.max(pictures.c.used_at, type_=pictures.c.used_at.type)
    query = select(pictures.c.file, func.max(pictures.c.size_bytes).label("size"))
    query = query.where(pictures.c.file.is_not(None)).group_by(pictures.c.file).having(used_at < before)
    evicted: list[str] = []
    with store.writing() as connection:
        for row in connection.execute(query.order_by(used_at, pictures.c.file)):
            if excess <= 0:
                break
            evicted.append(row.file)
            excess -= row.size
        for chunk in chunks(evicted):
            gone = update(pictures).where(pictures.c.file.in_(chunk)).values(file=None, size_bytes=None)
            connection.execute(gone)
    return tuple(evicted)


def forget_pictures(store: Store, before: datetime) -> None:
    """Forget pictures without a local copy that no article in play had since."""
    with store.writing() as connection:
        connection.execute(delete(pictures).where(pictures.c.used_at < before, pictures.c.file.is_(None)))


def revise_articles(
    store: Store, article_ids: Iterable[str], revise: Callable[[Article, Sequence[str]], Article]
) -> int:
    """Write what ``revise`` makes of articles as they are now, in one transaction; return how many changed.

    ``revise`` also gets the ids of the sources that carry the article.
    """
    with store.writing() as connection:
        stored = tuple(read_articles(connection, article_ids))
        carriers = carriers_of(connection, [article.id for article in stored])
        revised = [(article, revise(article, carriers.get(article.id, ()))) for article in stored]
        edited = [after for before, after in revised if after != before]
        write_articles(connection, edited)
        return len(edited)


def logos_of(store: Store, domains: Iterable[str]) -> Mapping[str, Logo]:
    """Return what is known of these publishers' logos, by domain."""
    with store.reading() as connection:
        return {
            row["domain"]: Logo(**row)
            for chunk in chunks(sorted(set(domains)))
            for row in connection.execute(select(logos).where(logos.c.domain.in_(chunk))).mappings()
        }


def keep_logos(store: Store, found: Sequence[Logo]) -> None:
    """Keep what was found out about logos."""
    if found:
        with store.writing() as connection:
            upsert(connection, logos, [asdict(logo) for logo in found])
