"""Where articles are shown that something is decided on: in which topics, and as the last of which story."""

__all__ = ["ShownPlace", "find_shown_places"]

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from aggregator.model.corrections import PublicCorrection
from aggregator.store.database import Database, chunks
from aggregator.store.predicates import IS_PUBLISHED
from aggregator.store.schema import articles, stories, story_members
from aggregator.store.schema.publication import feed_items
from aggregator.store.shown.corrections import find_taken_out, read_told_keys
from aggregator.store.shown.feed_items import ALL, ARTICLES_FOLDER


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPlace:
    """The ``topics`` whose feeds hold an article, or held it before it was taken out.

    ``taken_out`` is how subscribers were told that it was, None: it is not out.
    ``from_story_id`` is its story, and ``story_id``, too, where no other article of that stays; ``has_page``
    tells whether that has a page.
    ``told`` are the keys of the corrections that are written down of it, the oldest first.
    """

    topics: tuple[str, ...]
    from_story_id: str | None = None
    story_id: str | None = None
    has_page: bool = False
    taken_out: PublicCorrection | None = None
    told: tuple[str, ...] = ()

    @property
    def is_out(self) -> bool:
        """Whether subscribers know that it was taken out."""
        return self.taken_out is not None


def find_shown_places(
    store: Database, article_ids: Collection[str], *, leaving: Collection[str] = ()
) -> Mapping[str, ShownPlace]:
    """Return by id where articles are shown, or were; without those that subscribers never saw.

    Articles that are ``leaving`` stay in no story.
    """
    topics: dict[str, set[str]] = {}
    with store.reading() as connection:
        for chunk in chunks(sorted(article_ids)):
            held = select(feed_items.c.item_id, feed_items.c.feed).where(feed_items.c.item_id.in_(chunk))
            for row in connection.execute(held):
                if row.feed.endswith(ARTICLES_FOLDER):
                    topics.setdefault(row.item_id, set()).add(row.feed.removesuffix(ARTICLES_FOLDER))
        taken_out = find_taken_out(connection, article_ids)
        shown = {id_: ShownPlace(topics=tuple(sorted(theirs - {ALL}))) for id_, theirs in topics.items()}
        shown |= {id_: ShownPlace(topics=one.topics, taken_out=one) for id_, one in taken_out.items()}
        told = read_told_keys(connection, shown)
        return {
            id_: _find_story(connection, id_, replace(place, told=told.get(id_, ())), leaving)
            for id_, place in shown.items()
        }


def _find_story(
    connection: Connection, article_id: str, place: ShownPlace, leaving: Collection[str]
) -> ShownPlace:
    of_article = select(story_members.c.story_id).where(story_members.c.article_id == article_id)
    story_id = connection.execute(of_article).scalar()
    others = (
        select(articles.c.id)
        .join(story_members, story_members.c.article_id == articles.c.id)
        .where(story_members.c.story_id == story_id, articles.c.id != article_id, IS_PUBLISHED)
    )
    place = replace(place, from_story_id=story_id)
    if story_id is None or any(id_ not in leaving for id_ in connection.execute(others).scalars()):
        return place
    grew = (stories.c.turn > stories.c.founded + 1) | stories.c.formed_at.is_not(None)
    page = connection.execute(select(stories.c.id).where(stories.c.id == story_id, grew)).first()
    return replace(place, story_id=story_id, has_page=page is not None)
