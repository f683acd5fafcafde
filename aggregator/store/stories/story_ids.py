"""The ids of stories: what one stands for now, and which led to others as stories became part of them."""

__all__ = ["find_aliases", "find_current_story", "find_stories_by_prefix", "read_current_stories"]

from collections.abc import Collection

from sqlalchemy import func, select

from aggregator.store.database import Database, chunks
from aggregator.store.schema import stories, story_aliases, story_members


def find_current_story(store: Database, story_id: str) -> str | None:
    """Return the story that an id stands for now: its own, one that it became part of, or an article's.

    None: there is none.
    """
    alias = select(story_aliases.c.story_id).where(story_aliases.c.id == story_id)
    known = select(stories.c.id).where(stories.c.id == story_id)
    with store.reading() as connection:
        return (
            connection.execute(known).scalar()
            or connection.execute(alias).scalar()
            or connection.execute(
                select(story_members.c.story_id).where(story_members.c.article_id == story_id)
            ).scalar()
        )


def find_stories_by_prefix(store: Database, prefix: str) -> tuple[str, ...]:
    """Return the stories of today whose id, or a former one, starts with ``prefix``; else by an article's.

    A story may have the id of an article that has left it.
    """
    ways = (
        (stories.c.id, stories.c.id),
        (story_aliases.c.id, story_aliases.c.story_id),
        (story_members.c.article_id, story_members.c.story_id),
    )
    found = [
        select(led).where(func.lower(known).startswith(prefix.lower(), autoescape=True))
        for known, led in ways
    ]
    own, former, by_article = found
    with store.reading() as connection:
        stories_ = {id_ for query in (own, former) for id_ in connection.execute(query).scalars()}
        return tuple(sorted(stories_ or {*connection.execute(by_article).scalars()}))


def find_aliases(store: Database, story_ids: Collection[str]) -> set[str]:
    """Return the ids of stories that became part of one of these."""
    found: set[str] = set()
    with store.reading() as connection:
        for chunk in chunks(sorted(story_ids)):
            query = select(story_aliases.c.id).where(story_aliases.c.story_id.in_(chunk))
            found.update(connection.execute(query).scalars())
    return found


def read_current_stories(store: Database, story_ids: Collection[str]) -> dict[str, str]:
    """Return by id what those of the ids lead to that became part of another story."""
    found: dict[str, str] = {}
    with store.reading() as connection:
        for chunk in chunks(sorted(story_ids)):
            rows = connection.execute(select(story_aliases).where(story_aliases.c.id.in_(chunk)))
            found.update((row.id, row.story_id) for row in rows)
    return found
