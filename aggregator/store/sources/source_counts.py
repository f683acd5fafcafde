"""How much each source brought, how much of it is published, and what the rest lacks: counted by SQL."""

__all__ = [
    "SourceCounts",
    "count_entries_by_day",
    "count_reach",
    "read_newest_of_source",
    "read_parts_of_reached",
    "read_source_counts",
]

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, func, select, type_coerce

from aggregator.model import Article
from aggregator.store.database import Database
from aggregator.store.predicates import IS_PUBLISHED, is_recent
from aggregator.store.rows import article_of
from aggregator.store.schema import articles, sightings, sources

_A_DAY_US = timedelta(days=1) // timedelta(microseconds=1)
_FIRST_DAY = date(1970, 1, 1)
RATE_OVER = timedelta(days=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceCounts:
    """What a source carries: articles stored, those published a day, the newest's time.

    The rate is over the last ``RATE_OVER``, or the time since the source was first polled or its oldest
    article was published where that is shorter; never over less than a day.
    """

    articles: int = 0
    articles_per_day: float = 0.0
    newest_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceReach:
    """A source's articles on topic: how many, how many of them are published, and how many lack what."""

    on_topic: int = 0
    published: int = 0
    without: Mapping[str, int]


def read_source_counts(store: Database, now: datetime) -> Mapping[str, SourceCounts]:
    """Return what each known source carries, by id; ``now`` ends the days that the rate is of."""
    recent = func.count(articles.c.id).filter(articles.c.published_at >= now - RATE_OVER)
    query = (
        select(
            sources.c.source_id,
            func.count(articles.c.id).label("articles"),
            recent.label("recent"),
            sources.c.first_polled_at,
            func.min(articles.c.published_at, type_=articles.c.published_at.type).label("oldest_at"),
            func.max(articles.c.published_at, type_=articles.c.published_at.type).label("newest_at"),
        )
        .outerjoin(sightings, sightings.c.source_id == sources.c.source_id)
        .outerjoin(articles, articles.c.id == sightings.c.article_id)
        .group_by(sources.c.source_id)
    )
    with store.reading() as connection:
        return {row["source_id"]: _make_counts(row, now) for row in connection.execute(query).mappings()}


def _make_counts(row: Mapping[Any, Any], now: datetime) -> SourceCounts:
    since = min((at for at in (row["first_polled_at"], row["oldest_at"]) if at is not None), default=now)
    over = min(max(now - since, timedelta(days=1)), RATE_OVER)
    return SourceCounts(
        articles=row["articles"],
        articles_per_day=row["recent"] / (over / timedelta(days=1)),
        newest_at=row["newest_at"],
    )


def count_entries_by_day(
    store: Database, source_ids: Collection[str], since: datetime
) -> Mapping[str, Mapping[date, int]]:
    """Return by source id how many entries were first seen there on each day (UTC), of those since a time."""
    day = type_coerce(sightings.c.first_seen_at, BigInteger) // _A_DAY_US
    query = (
        select(sightings.c.source_id, day.label("day"), func.count().label("entries"))
        .where(sightings.c.first_seen_at >= since, sightings.c.source_id.in_(sorted(source_ids)))
        .group_by(sightings.c.source_id, day)
    )
    found: dict[str, dict[date, int]] = {}
    with store.reading() as connection:
        for row in connection.execute(query):
            at = _FIRST_DAY + timedelta(days=int(row.day))
            found.setdefault(row.source_id, {})[at] = row.entries
    return found


def read_newest_of_source(store: Database, source_id: str, most: int) -> tuple[Article, ...]:
    """Return the stored articles that a source shows, or showed, the newest first, up to ``most``."""
    query = (
        select(articles)
        .join(sightings, sightings.c.article_id == articles.c.id)
        .where(sightings.c.source_id == source_id)
        .order_by(articles.c.published_at.desc(), articles.c.id)
        .limit(most)
    )
    with store.reading() as connection:
        return tuple(article_of(row) for row in connection.execute(query).mappings())


def count_reach(
    store: Database,
    since: datetime,
    *,
    backlog: timedelta,
    long_excerpt: int,
    in_title: int,
    is_neutral: bool,
) -> Mapping[str, SourceReach]:
    """Return by source id what it brought since then; ``is_neutral``: without topics all is on topic.

    Neither quarantined articles nor backlog count, and what was older than ``backlog`` when it was first
    seen counts by its own date, as in the feeds (``is_recent``). ``without`` has ``excerpt`` (of
    ``long_excerpt`` characters), ``date``, ``image``, ``author``, ``title`` (with a keyword, worth
    ``in_title``), ``text`` (of its own).
    """
    lacks = _build_lacks(long_excerpt, in_title)
    counted = {"on_topic": func.count(), "published": func.count().filter(IS_PUBLISHED)}
    counted |= {name: func.count().filter(is_so) for name, is_so in lacks.items()}
    columns = [count.label(name) for name, count in counted.items()]
    query = _select_reached(since, backlog, *columns, is_neutral=is_neutral).group_by(sightings.c.source_id)
    with store.reading() as connection:
        return {
            row["source_id"]: SourceReach(
                on_topic=row["on_topic"],
                published=row["published"],
                without={name: row[name] for name in lacks},
            )
            for row in connection.execute(query).mappings()
        }


def read_parts_of_reached(
    store: Database, source_ids: Collection[str], since: datetime, *, backlog: timedelta, is_neutral: bool
) -> Mapping[str, Sequence[Mapping[str, int]]]:
    """Return by source id the parts of the quality of each article of these that ``count_reach`` counts."""
    reached = _select_reached(since, backlog, articles.c.quality_parts, is_neutral=is_neutral)
    query = reached.where(sightings.c.source_id.in_(sorted(source_ids)))
    found: dict[str, list[Mapping[str, int]]] = {}
    with store.reading() as connection:
        for source_id, parts in connection.execute(query):
            found.setdefault(source_id, []).append(parts)
    return found


def _select_reached(
    since: datetime, backlog: timedelta, *columns: ColumnElement[Any], is_neutral: bool
) -> Select[Any]:
    """Return what selects source and columns of each article that counts, as ``count_reach`` says."""
    query = (
        select(sightings.c.source_id, *columns)
        .join(articles, articles.c.id == sightings.c.article_id)
        .where(is_recent(backlog=backlog, cutoff=since), ~articles.c.is_quarantined)
    )
    return query if is_neutral else query.where(articles.c.topics != [])


def _build_lacks(long_excerpt: int, in_title: int) -> dict[str, ColumnElement[bool]]:
    """Return what articles may lack, by name; how many points that costs is nothing of the store's."""
    parts = type_coerce(articles.c.quality_parts, Text)
    return {
        "excerpt": func.coalesce(func.length(articles.c.excerpt), 0) < long_excerpt,
        "date": articles.c.stated_at.is_(None),
        "image": articles.c.images == [],
        "author": articles.c.authors == [],
        "title": parts.not_like(f'%"relevance":{in_title},%'),
        "text": articles.c.credit.is_not(None),
    }
