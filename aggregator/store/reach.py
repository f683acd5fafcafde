"""How much of what each source brought is published, and what the rest lacks, counted by the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Text, func, or_, select, type_coerce

from aggregator.model import PUBLISHED_QUALITY
from aggregator.store.schema import articles, sightings
from aggregator.store.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """A source's articles on topic: how many, how many of them are published, and how many lack what."""

    on_topic: int = 0
    published: int = 0
    without: Mapping[str, int]


def reached_by_source(
    store: Store, since: datetime, *, backlog: timedelta, long_excerpt: int, in_title: int, is_neutral: bool
) -> Mapping[str, Reached]:
    """Return by source id what it brought since then; ``is_neutral``: without topics all is on topic.

    Neither quarantined articles nor backlog count, and what was older than ``backlog`` when it was first
    seen counts by its own date, as in the feeds (``curate.is_recent``). ``without`` has ``excerpt`` (of
    ``long_excerpt`` characters), ``date``, ``image``, ``author``, ``title`` (with a keyword, worth
    ``in_title``), ``text`` (of its own).
    """
    lacks = _lacks(long_excerpt, in_title)
    found = [func.count().filter(is_so).label(name) for name, is_so in lacks.items()]
    query = (
        select(
            sightings.c.source_id,
            func.count().label("on_topic"),
            func.count().filter(articles.c.quality >= PUBLISHED_QUALITY).label("published"),
            *found,
        )
        .join(articles, articles.c.id == sightings.c.article_id)
        .where(*_is_recent(since, backlog), ~articles.c.is_quarantined, ~articles.c.is_backlog)
        .group_by(sightings.c.source_id)
    )
    if not is_neutral:
        query = query.where(articles.c.topics != [])
    with store.reading() as connection:
        return {
            row["source_id"]: Reached(
                on_topic=row["on_topic"],
                published=row["published"],
                without={name: row[name] for name in lacks},
            )
            for row in connection.execute(query).mappings()
        }


def _is_recent(since: datetime, backlog: timedelta) -> tuple[ColumnElement[bool], ...]:
    first_seen_us, published_us = (
        type_coerce(column, BigInteger) for column in (articles.c.first_seen_at, articles.c.published_at)
    )
    was_fresh = first_seen_us - published_us <= backlog // timedelta(microseconds=1)
    return articles.c.seen_at >= since, or_(was_fresh, articles.c.published_at >= since)


def _lacks(long_excerpt: int, in_title: int) -> dict[str, ColumnElement[bool]]:
    parts = type_coerce(articles.c.quality_parts, Text)
    return {
        "excerpt": func.coalesce(func.length(articles.c.excerpt), 0) < long_excerpt,
        "date": articles.c.stated_at.is_(None),
        "image": articles.c.images == [],
        "author": articles.c.authors == [],
        "title": parts.not_like(f'%"relevance":{in_title},%'),
        "text": articles.c.credit.is_not(None),
    }
