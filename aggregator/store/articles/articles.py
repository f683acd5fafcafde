"""Stored articles: reading them, and writing them anew where nobody else changed them meanwhile."""

__all__ = [
    "Edit",
    "count_articles",
    "find_article",
    "find_articles_to_enrich",
    "find_articles_to_judge",
    "find_articles_with_part",
    "mark_waiting_articles",
    "read_article_batches",
    "read_articles_since",
    "read_carriers",
    "read_first_arrival",
    "read_stored_articles",
    "revise_articles",
    "save_edits",
    "save_enriched",
    "update_articles",
]

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, Text, func, select, type_coerce

from aggregator.model import Article, create_from
from aggregator.store.database import Database
from aggregator.store.fast.driver import upsert
from aggregator.store.fast.prepared_in import prepare_in, records_among, rows_among, select_among
from aggregator.store.marks import MarkKind, mark_selected
from aggregator.store.predicates import is_listed, needs_amp_proof, needs_page
from aggregator.store.rows import ARTICLE, ARTICLE_READERS, article_of
from aggregator.store.schema import article_topics, article_urls, articles, sightings
from aggregator.store.write import write_articles

_BY_ID = prepare_in(
    articles.c.id, lambda is_wanted: select(*(articles.c[name] for name in ARTICLE)).where(is_wanted)
)
_CARRIERS = select_among(sightings, sightings.c.article_id)
_get_id, _get_first_seen_at = attrgetter("id"), attrgetter("first_seen_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """What ``after`` was made of: an article as it was ``before``, and the ids of its sources in order."""

    before: Article
    after: Article
    carriers: tuple[str, ...]


def find_article(store: Database, article_id: str) -> Article | None:
    """Return one article, None where it is not stored."""
    with store.reading() as connection:
        return next(read_articles(connection, [article_id]), None)


def count_articles(store: Database) -> int:
    """Return how many articles are stored."""
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(articles)).scalar_one()


def read_first_arrival(store: Database) -> datetime | None:
    """Return when the first of the stored articles was first seen, None where there is none."""
    first = func.min(articles.c.first_seen_at, type_=articles.c.first_seen_at.type)
    with store.reading() as connection:
        found: datetime | None = connection.execute(select(first)).scalar_one()
        return found


def read_articles_since(store: Database, cutoff: datetime) -> tuple[Article, ...]:
    """Return the articles published or first seen since ``cutoff``, newest first, none quarantined."""
    return _read_newest(store, articles.c.seen_at >= cutoff, ~articles.c.is_quarantined)


def read_newest_articles(
    store: Database, *, topic_id: str | None, limit: int, min_quality: int
) -> tuple[Article, ...]:
    """Return the newest articles of a topic (of all if None), no backlog and none quarantined."""
    where = [is_listed(min_quality=min_quality)]
    if topic_id is not None:
        of_topic = select(article_topics.c.article_id).where(article_topics.c.topic_id == topic_id)
        where.append(articles.c.id.in_(of_topic))
    return _read_newest(store, *where, limit=limit)


def _read_newest(
    store: Database, *where: ColumnElement[bool], limit: int | None = None
) -> tuple[Article, ...]:
    newest = (articles.c.published_at.desc(), articles.c.id)
    query = select(articles).where(*where).order_by(*newest).limit(limit)
    with store.reading() as connection:
        return tuple(article_of(row) for row in connection.execute(query).mappings())


def mark_waiting_articles(
    store: Database, *, since: datetime, delayed_since: datetime | None, now: datetime
) -> None:
    """Mark articles first seen since then whose page was not read, and those to be released after ``now``.

    ``delayed_since`` is from when on any may have to wait that was first seen then, None: none.
    """
    may_wait = articles.c.enriched_at.is_(None) & (articles.c.first_seen_at >= since)
    may_wait |= articles.c.release_at > now
    if delayed_since is not None:
        may_wait |= articles.c.first_seen_at >= delayed_since
    with store.writing() as connection:
        mark_selected(connection, MarkKind.ARTICLE, select(articles.c.id).where(may_wait))


def read_article_batches(store: Database, size: int = 500) -> Iterator[tuple[Article, ...]]:
    """Yield all articles, in pieces, each read in a transaction of its own."""
    last = ""
    while True:
        query = select(articles).where(articles.c.id > last).order_by(articles.c.id).limit(size)
        with store.reading() as connection:
            batch = tuple(article_of(row) for row in connection.execute(query).mappings())
        if not batch:
            return
        yield batch
        last = batch[-1].id


def read_carriers(store: Database, article_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return article id -> ids of the sources that carry it, in order."""
    with store.reading() as connection:
        return find_carriers(connection, article_ids)


def read_stored_articles(store: Database, article_ids: Collection[str]) -> tuple[Article, ...]:
    """Return the articles of these ids that are stored."""
    with store.reading() as connection:
        return tuple(read_articles(connection, sorted(article_ids)))


def read_articles(connection: Connection, ids: Iterable[str]) -> Iterator[Article]:
    """Yield the articles of these ids that are stored."""
    for values in records_among(connection, _BY_ID, ids, ARTICLE_READERS):
        yield create_from(Article, values)


def find_carriers(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return article id -> ids of the sources that carry it, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows_among(connection, _CARRIERS, ids):
        found[row["article_id"]].append(row["source_id"])
    return {article_id: tuple(sorted(carriers)) for article_id, carriers in found.items()}


def update_articles(store: Database, changed: Sequence[Article]) -> None:
    """Write articles anew, whole, in one transaction."""
    if changed:
        with store.writing() as connection:
            write_articles(connection, changed)


def save_edits(store: Database, edits: Sequence[Edit]) -> tuple[str, ...]:
    """Write articles anew, in one transaction; return the ids of those that were changed meanwhile.

    Those are left as they are, and so are those that got or lost a source, or were removed.
    """
    if not edits:
        return ()
    with store.writing() as connection:
        sound = _select_sound(connection, edits)
        write_articles(connection, [edit.after for edit in sound])
    saved = {edit.before.id for edit in sound}
    return tuple(edit.before.id for edit in edits if edit.before.id not in saved)


def _select_sound(connection: Connection, edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits whose article, and its sources, are still stored as they were."""
    ids = [edit.before.id for edit in edits]
    stored = {article.id: article for article in read_articles(connection, ids)}
    carriers = find_carriers(connection, ids)
    return [
        edit
        for edit in edits
        if stored.get(edit.before.id) == edit.before and carriers.get(edit.before.id, ()) == edit.carriers
    ]


def revise_articles(
    store: Database, article_ids: Iterable[str], revise: Callable[[Article, Sequence[str]], Article]
) -> int:
    """Write what ``revise`` makes of articles as they are now, in one transaction; return how many changed.

    ``revise`` also gets the ids of the sources that carry the article.
    """
    with store.writing() as connection:
        stored = tuple(read_articles(connection, article_ids))
        carriers = find_carriers(connection, [article.id for article in stored])
        revised = [(article, revise(article, carriers.get(article.id, ()))) for article in stored]
        edited = [after for before, after in revised if after != before]
        write_articles(connection, edited)
        return len(edited)


def find_articles_to_enrich(
    store: Database,
    now: datetime,
    limit: int,
    *,
    without: Collection[str] = (),
    shards: Collection[int] | None = None,
) -> tuple[Article, ...]:
    """Return articles whose page was not read yet, and those whose AMP page is to be proved again.

    The newest come first; articles first seen more than two days ago whose page was never read are left out,
    and those of other ``shards`` than these, None for all.
    """
    are_asked = [articles.c.source_id.not_in(without)] if without else []
    are_asked += [] if shards is None else [articles.c.page_shard.in_(shards)]
    newest = select(articles).where(*are_asked).order_by(articles.c.first_seen_at.desc(), articles.c.id)
    found: dict[str, Article] = {}
    with store.reading() as connection:
        # Each by an index of its own: asked for both at once, the database reads all articles.
        for is_due in (needs_page(now), needs_amp_proof(now)):
            rows = connection.execute(newest.where(is_due).limit(limit)).mappings()
            found |= {row["id"]: article_of(row) for row in rows}
    due = sorted(sorted(found.values(), key=_get_id), key=_get_first_seen_at, reverse=True)
    return tuple(due[:limit])


def find_articles_to_judge(store: Database, now: datetime, limit: int) -> tuple[Article, ...]:
    """Return articles that time alone may have changed, those due longest first."""
    due = articles.c.judge_again_at.is_not(None) & (articles.c.judge_again_at <= now)
    query = select(articles).where(due).order_by(articles.c.judge_again_at, articles.c.id).limit(limit)
    with store.reading() as connection:
        return tuple(article_of(row) for row in connection.execute(query).mappings())


def find_articles_with_part(store: Database, name: str) -> tuple[str, ...]:
    """Return the ids of articles whose quality has a part of this name; all articles are read for it."""
    has_part = type_coerce(articles.c.quality_parts, Text).contains(f'"{name}"', autoescape=True)
    with store.reading() as connection:
        return tuple(connection.execute(select(articles.c.id).where(has_part)).scalars())


def save_enriched(store: Database, edit: Edit, urls: Mapping[str, str]) -> bool:
    """Keep an enriched article and its new addresses; False where it was changed or removed meanwhile.

    ``edit`` has what enrichment began with: an edit that came in between is not overwritten.
    """
    with store.writing() as connection:
        if not _select_sound(connection, [edit]):
            return False
        write_articles(connection, [edit.after])
        known = select(article_urls.c.url).where(article_urls.c.url.in_(list(urls)))
        taken = set(connection.execute(known).scalars())
        fresh = [{"url": url, "article_id": id_} for url, id_ in urls.items() if url not in taken]
        upsert(connection, article_urls, fresh)
        return True
