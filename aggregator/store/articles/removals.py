"""Taking articles and sources out of the store, and what removed articles leave behind.

A removed article is listed in ``removed_articles`` by the transaction that removes it. Whoever publishes next
finds there, even after a kill, which rows and files only that article had. The files are removed first, then
the rows that name them, and last the entry in the list.
"""

__all__ = [
    "Leftovers",
    "count_articles_before",
    "find_leftovers",
    "forget_leftovers",
    "remove_articles_before",
]

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.marks import MarkKind, add_marks
from aggregator.store.pictures.picture_copies import find_unused_copies, measuring_copies
from aggregator.store.pictures.picture_schema import logos, picture_uses, pictures
from aggregator.store.records.record_schema import record_files, secured_texts
from aggregator.store.records.records import select_record_names
from aggregator.store.schema import (
    article_urls,
    articles,
    removed_articles,
    sightings,
    sources,
    stories,
    story_aliases,
    story_links,
    story_members,
)
from aggregator.store.stories.named_stories import forget_chosen

AT_ONCE = 200
"""Articles that one transaction removes, or clears up after."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leftovers:
    """What some removed articles left behind that no other article uses.

    ``records`` and ``copies`` are names of files, of records and of pictures' local copies; ``logos`` are the
    publishers' domains, ``pictures`` the addresses of pictures.
    """

    article_ids: tuple[str, ...]
    records: tuple[str, ...]
    copies: tuple[str, ...]
    logos: tuple[str, ...]
    pictures: tuple[str, ...]


def remove_articles(connection: Connection, article_ids: Collection[str]) -> int:
    """Remove up to ``AT_ONCE`` articles and list them as removed; return how many were stored."""
    are_these = articles.c.id.in_(article_ids)
    query = (
        select(articles.c.id.label("article_id"), articles.c.provider_domain, story_members.c.story_id)
        .outerjoin(story_members, story_members.c.article_id == articles.c.id)
        .where(are_these)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    upsert(connection, removed_articles, rows)
    connection.execute(delete(articles).where(are_these))
    forget_chosen(connection)
    add_marks(connection, MarkKind.ARTICLE, [row["article_id"] for row in rows])
    add_marks(connection, MarkKind.PUBLISHER, {row["provider_domain"] for row in rows})
    add_marks(connection, MarkKind.STORY, {row["story_id"] for row in rows if row["story_id"] is not None})
    return len(rows)


def remove_articles_before(store: Database, before: datetime) -> int:
    """Remove articles published and first seen before a time, keep their ids known; return how many."""
    removed, went = 0, -1
    while went:
        with store.writing() as connection:
            went = _remove_some_old(connection, before)
        removed += went
    return removed


def count_articles_before(store: Database, before: datetime) -> int:
    """Return how many articles ``remove_articles_before`` would remove."""
    query = select(func.count()).select_from(articles).where(articles.c.seen_at < before)
    with store.reading() as connection:
        return connection.execute(query).scalar_one()


def _remove_some_old(connection: Connection, before: datetime) -> int:
    """Remove some articles published and first seen before a time; 0 where there are no more."""
    old = select(articles.c.id).where(articles.c.seen_at < before).order_by(articles.c.seen_at)
    return remove_articles(connection, connection.execute(old.limit(AT_ONCE)).scalars().all())


def remove_some_of_source(connection: Connection, source_id: str) -> tuple[bool, int]:
    """Remove some of what only this source carries; tell whether that was all, and how many articles went.

    Its row goes with the last of it.
    """
    seen = select(sightings.c.article_id).where(sightings.c.source_id == source_id).limit(AT_ONCE)
    ids = connection.execute(seen).scalars().all()
    own = _select_own(connection, source_id, ids)
    removed = remove_articles(connection, own)
    _forget_sightings(connection, source_id, ids, own)
    is_all = len(ids) < AT_ONCE
    if is_all:
        connection.execute(delete(sources).where(sources.c.source_id == source_id))
    return is_all, removed


def _select_own(connection: Connection, source_id: str, article_ids: Collection[str]) -> list[str]:
    is_other = sightings.c.article_id.in_(article_ids) & (sightings.c.source_id != source_id)
    others = set(connection.execute(select(sightings.c.article_id).where(is_other)).scalars())
    return [article_id for article_id in article_ids if article_id not in others]


def _forget_sightings(
    connection: Connection, source_id: str, article_ids: Collection[str], own: Collection[str]
) -> None:
    """Forget that a source carried articles, and the addresses of those that are its ``own``."""
    is_seen = sightings.c.article_id.in_(article_ids) & (sightings.c.source_id == source_id)
    connection.execute(delete(sightings).where(is_seen))
    connection.execute(delete(article_urls).where(article_urls.c.article_id.in_(own)))


def find_leftovers(store: Database, *, except_source: str) -> Leftovers | None:
    """Return what some of the removed articles left behind, None where there is nothing to clear up.

    Records that the source ``except_source`` brought are left out: their files may have been there before.
    """
    with store.reading() as connection:
        removed = select(removed_articles.c.article_id, removed_articles.c.provider_domain)
        rows = connection.execute(removed.order_by(removed_articles.c.article_id).limit(AT_ONCE)).all()
        if not rows:
            return None
        ids = [row.article_id for row in rows]
        gone = _select_missing(connection, ids)
        unused = _find_unused_pictures(connection, gone)
        return Leftovers(
            article_ids=tuple(ids),
            records=tuple(select_record_names(connection, gone, except_source=except_source).values()),
            copies=find_unused_copies(connection, unused),
            logos=_find_unused_logos(connection, {row.provider_domain for row in rows}),
            pictures=unused,
        )


def forget_leftovers(store: Database, left: Leftovers, *, except_source: str) -> None:
    """Remove the rows of ``left``, whose files are gone; those of articles that came back are kept."""
    with store.writing() as connection:
        are_listed = removed_articles.c.article_id.in_(left.article_ids)
        listed = connection.execute(select(removed_articles).where(are_listed)).all()
        gone = _select_missing(connection, [row.article_id for row in listed])
        _forget_stories(connection, {row.story_id for row in listed if row.story_id is not None})
        unused = set(_find_unused_pictures(connection, gone)) & set(left.pictures)
        with measuring_copies(connection, unused, ()):
            _delete_rows(connection, pictures.c.url, unused)
        _delete_rows(connection, picture_uses.c.article_id, gone)
        _delete_rows(connection, secured_texts.c.article_id, gone)
        names = select_record_names(connection, gone, except_source=except_source)
        _delete_rows(connection, record_files.c.article_id, names)
        _delete_rows(connection, logos.c.domain, set(_find_unused_logos(connection, left.logos)))
        connection.execute(delete(removed_articles).where(are_listed))


def _delete_rows(connection: Connection, column: ColumnElement[str], values: Collection[str]) -> None:
    for chunk in chunks(sorted(values)):
        connection.execute(delete(column.table).where(column.in_(chunk)))


def _select_missing(connection: Connection, article_ids: Sequence[str]) -> list[str]:
    stored = select(articles.c.id).where(articles.c.id.in_(article_ids))
    return sorted(set(article_ids).difference(connection.execute(stored).scalars()))


def _find_unused_pictures(connection: Connection, article_ids: Sequence[str]) -> tuple[str, ...]:
    """Return the addresses of the pictures that only these articles show."""
    others = picture_uses.alias()
    is_shown = (others.c.hash == picture_uses.c.hash) & others.c.article_id.not_in(article_ids)
    query = (
        select(pictures.c.url)
        .join(picture_uses, picture_uses.c.hash == pictures.c.hash)
        .where(picture_uses.c.article_id.in_(article_ids), ~select(others.c.hash).where(is_shown).exists())
        .distinct()
    )
    return tuple(connection.execute(query).scalars())


def _find_unused_logos(connection: Connection, domains: Collection[str]) -> tuple[str, ...]:
    """Return those of the publishers that have a logo, or none for a reason, and no article any more."""
    has_article = select(articles.c.id).where(articles.c.provider_domain == logos.c.domain).exists()
    query = select(logos.c.domain).where(logos.c.domain.in_(domains), ~has_article)
    return tuple(sorted(connection.execute(query).scalars()))


def _find_linked(connection: Connection, story_ids: Collection[str]) -> set[str]:
    a, b = story_links.c.story_id, story_links.c.other_id
    ways = (select(b).where(a.in_(story_ids)), select(a).where(b.in_(story_ids)))
    return {id_ for way in ways for id_ in connection.execute(way).scalars()}


def _forget_stories(connection: Connection, story_ids: Collection[str]) -> None:
    """Forget those of the stories that have no article any more, with the ids and links that lead there."""
    are_these = story_members.c.story_id.in_(story_ids)
    filled = connection.execute(select(story_members.c.story_id).where(are_these).distinct()).scalars()
    empty = set(story_ids).difference(filled)
    add_marks(connection, MarkKind.STORY, sorted(empty | _find_linked(connection, empty)))
    led_there = select(story_aliases.c.id).where(story_aliases.c.story_id.in_(empty))
    add_marks(connection, MarkKind.PAGE, connection.execute(led_there).scalars().all())
    columns = (stories.c.id, story_aliases.c.story_id, story_links.c.story_id, story_links.c.other_id)
    for column in columns:
        _delete_rows(connection, column, empty)
