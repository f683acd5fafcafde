"""What removed articles leave behind: files of the published tree, and rows that serve nothing any more.

The files go first, then the rows that tell of them, then the article from the list of removed ones: killed
in between, the same is done again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, select

from aggregator.store.known import chunks
from aggregator.store.pictures import unused_copies
from aggregator.store.schema import (
    articles,
    logos,
    picture_uses,
    pictures,
    record_files,
    removed_articles,
    secured_texts,
    sightings,
    stories,
    story_aliases,
    story_links,
    story_members,
)
from aggregator.store.store import Store

AT_ONCE = 200
"""Removed articles that are cleared up after in one transaction."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leavings:
    """What some removed articles leave that no other article has.

    ``records`` and ``copies`` are names of files, of records and of pictures' local copies; ``logos`` are the
    publishers' domains, ``pictures`` the addresses of pictures.
    """

    article_ids: tuple[str, ...]
    records: tuple[str, ...]
    copies: tuple[str, ...]
    logos: tuple[str, ...]
    pictures: tuple[str, ...]


def leavings(store: Store, *, besides: str) -> Leavings | None:
    """Return what some of the removed articles leave, None where nothing is to be cleared up.

    Records that the source ``besides`` brought are left out: their files may have been there before.
    """
    with store.reading() as connection:
        removed = select(removed_articles.c.article_id, removed_articles.c.provider_domain)
        rows = connection.execute(removed.order_by(removed_articles.c.article_id).limit(AT_ONCE)).all()
        if not rows:
            return None
        ids = [row.article_id for row in rows]
        gone = _not_stored(connection, ids)
        unused = _unused_pictures(connection, gone)
        return Leavings(
            article_ids=tuple(ids),
            records=tuple(_record_names(connection, gone, besides).values()),
            copies=unused_copies(connection, unused),
            logos=_unused_logos(connection, {row.provider_domain for row in rows}),
            pictures=unused,
        )


def forget_leavings(store: Store, left: Leavings, *, besides: str) -> None:
    """Forget what is kept of the ``left``, whose files are gone; what has come back meanwhile is kept."""
    with store.writing() as connection:
        are_listed = removed_articles.c.article_id.in_(left.article_ids)
        listed = connection.execute(select(removed_articles).where(are_listed)).all()
        gone = _not_stored(connection, [row.article_id for row in listed])
        _forget_stories(connection, {row.story_id for row in listed if row.story_id is not None})
        unused = set(_unused_pictures(connection, gone)) & set(left.pictures)
        _delete(connection, pictures.c.url, unused)
        _delete(connection, picture_uses.c.article_id, gone)
        _delete(connection, secured_texts.c.article_id, gone)
        _delete(connection, record_files.c.article_id, _record_names(connection, gone, besides))
        _delete(connection, logos.c.domain, set(_unused_logos(connection, left.logos)))
        connection.execute(delete(removed_articles).where(are_listed))


def _delete(connection: Connection, column: ColumnElement[str], values: Collection[str]) -> None:
    for chunk in chunks(sorted(values)):
        connection.execute(delete(column.table).where(column.in_(chunk)))


def _not_stored(connection: Connection, article_ids: Sequence[str]) -> list[str]:
    stored = select(articles.c.id).where(articles.c.id.in_(article_ids))
    return sorted(set(article_ids).difference(connection.execute(stored).scalars()))


def _record_names(connection: Connection, article_ids: Sequence[str], besides: str) -> dict[str, str]:
    are_these = sightings.c.article_id.in_(article_ids) & (sightings.c.source_id == besides)
    brought = select(sightings.c.article_id).where(are_these)
    query = select(record_files).where(record_files.c.article_id.in_(article_ids))
    rows = connection.execute(query.where(record_files.c.article_id.not_in(brought)))
    return {row.article_id: row.name for row in rows}


def _unused_pictures(connection: Connection, article_ids: Sequence[str]) -> tuple[str, ...]:
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


def _unused_logos(connection: Connection, domains: Collection[str]) -> tuple[str, ...]:
    """Return those of the publishers that have a logo, or none for a reason, and no article any more."""
    has_article = select(articles.c.id).where(articles.c.provider_domain == logos.c.domain).exists()
    query = select(logos.c.domain).where(logos.c.domain.in_(domains), ~has_article)
    return tuple(sorted(connection.execute(query).scalars()))


def _forget_stories(connection: Connection, story_ids: Collection[str]) -> None:
    """Forget those of the stories that have no article any more, with the ids and links that lead there."""
    are_these = story_members.c.story_id.in_(story_ids)
    filled = connection.execute(select(story_members.c.story_id).where(are_these).distinct()).scalars()
    empty = set(story_ids).difference(filled)
    columns = (stories.c.id, story_aliases.c.story_id, story_links.c.story_id, story_links.c.other_id)
    for column in columns:
        _delete(connection, column, empty)
