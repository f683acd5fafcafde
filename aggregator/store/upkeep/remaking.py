"""What a changed configuration, a new version or a rebuild makes anew: it is marked in one transaction."""

__all__ = ["Remaking", "save_remaking"]

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, func, or_, select

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.marks import MarkKind, add_marks, clear_marks, mark_selected
from aggregator.store.pushes.hub_pings import forget_pings_of_topics
from aggregator.store.records.record_states import WRITTEN_BY
from aggregator.store.schema import article_topics, articles, notes, stories, story_aliases, story_members
from aggregator.store.schema.publication import feed_items, marks, shown_publishers, topic_files
from aggregator.store.shown.corrections import SITE
from aggregator.store.shown.feed_items import ARTICLES_FOLDER, forget_digests, forget_feeds, save_names
from aggregator.store.shown.limited_items import forget_gone_items
from aggregator.store.shown.shown_updates import forget_shown_updates


@dataclass(frozen=True, kw_only=True, slots=True)
class Remaking:
    """What is to be made anew.

    ``places``: of all articles and stories in feeds; ``shown``: what items and pages show; ``pictures`` of
    what files show; ``icons``: the monograms there; the files of the whole ``site`` and of the topics
    ``topic_ids``; whatever shows ``articles_of`` these topics. Of topics that are ``removed`` nothing is
    known any more. ``names`` are those of publishers that have another one than they had, None: none.
    """

    places: bool = False
    shown: bool = False
    pictures: bool = False
    icons: bool = False
    site: bool = False
    topic_ids: tuple[str, ...] = ()
    articles_of: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    removed_feeds: tuple[str, ...] = ()
    names: Mapping[str, str | None] = field(default_factory=dict)


# The articles of a story are arranged together, so that it is looked at once.
_BY_STORY = (
    select(articles.c.id)
    .outerjoin(story_members, story_members.c.article_id == articles.c.id)
    .order_by(story_members.c.story_id, articles.c.id)
)
_GREW = or_(stories.c.turn > stories.c.founded + 1, stories.c.formed_at.is_not(None))


def save_remaking(store: Database, asked: Remaking, *, note: tuple[str, str], forgets: bool = False) -> None:
    """Mark what is to be made anew, and keep a note of why, in one transaction.

    Where it ``forgets``, nothing is known of what files show, and marks are made anew as well.
    """
    with store.writing() as connection:
        if forgets:
            _forget_everything(connection)
        if asked.pictures:
            _mark_shown_pictures(connection)
        if asked.places:
            _mark_records(connection)
            _take_over_marks(connection)
            forget_gone_items(connection)
            forget_shown_updates(connection, ())
            forget_feeds(connection, None)
            mark_selected(connection, MarkKind.PLACE, _BY_STORY)
        if asked.shown:
            _mark_shown(connection)
        if asked.icons:
            mark_selected(connection, MarkKind.MONOGRAM, select(shown_publishers.c.domain).distinct())
        if asked.site:
            add_marks(connection, MarkKind.SITE, [""])
        add_marks(connection, MarkKind.TOPIC, asked.topic_ids)
        add_marks(
            connection, MarkKind.CORRECTIONS, [SITE, *asked.topic_ids] if asked.site else asked.topic_ids
        )
        for topic_id in () if asked.places else asked.articles_of:
            theirs = select(article_topics.c.article_id).where(article_topics.c.topic_id == topic_id)
            # In the order in which they came, as limits are decided on one after another.
            in_order = theirs.order_by(article_topics.c.published_at, article_topics.c.article_id)
            mark_selected(connection, MarkKind.ARTICLE, in_order)
        _forget_topics(connection, asked.removed, asked.removed_feeds)
        _rename_publishers(connection, asked.names, marks_articles=not asked.places)
        upsert(connection, notes, [{"key": note[0], "value": note[1]}])


def _forget_everything(connection: Connection) -> None:
    """Forget what files show, but for the publishers: without them nobody knows which monograms are there."""
    kept = {MarkKind.PICTURE, MarkKind.TRUTH, MarkKind.MONOGRAM, MarkKind.KILLED}
    clear_marks(connection, [kind for kind in MarkKind if kind not in kept])
    connection.execute(delete(topic_files))


def _take_over_marks(connection: Connection) -> None:
    """Forget marks that ask for what is done with everything; what else they ask for is marked."""
    keys = select(marks.c.key).distinct()
    mark_selected(connection, MarkKind.PAGE, keys.where(marks.c.kind == MarkKind.STORY.value))
    clear_marks(connection, (MarkKind.PLACE, MarkKind.PUBLISHER, MarkKind.STORY, MarkKind.ARTICLE))


def _mark_records(connection: Connection) -> None:
    """Mark the records of all articles, there or gone, unless there are none yet: then all are written.

    They name what has places in feeds.
    """
    written_by = select(notes.c.value).where(notes.c.key == WRITTEN_BY).scalar_subquery()
    has_records = func.coalesce(written_by, "") != ""
    gone = select(marks.c.key).distinct().where(marks.c.kind == MarkKind.ARTICLE.value)
    mark_selected(connection, MarkKind.RECORD, select(articles.c.id).where(has_records))
    mark_selected(
        connection, MarkKind.RECORD, gone.where(has_records, marks.c.key.not_in(select(articles.c.id)))
    )


def _mark_shown_pictures(connection: Connection) -> None:
    """Mark the pictures of what files show: it has a digest."""
    shown = select(feed_items.c.item_id).where(feed_items.c.digest.is_not(None))
    alone = shown.where(feed_items.c.feed.endswith(ARTICLES_FOLDER))
    members = select(story_members.c.article_id).where(story_members.c.story_id.in_(shown))
    are_shown = articles.c.id.in_(alone) | articles.c.id.in_(members)
    mark_selected(connection, MarkKind.PICTURE, select(articles.c.id).where(are_shown))


def _mark_shown(connection: Connection) -> None:
    forget_digests(connection)
    _mark_pages(connection)


def _mark_pages(connection: Connection) -> None:
    mark_selected(connection, MarkKind.PAGE, select(stories.c.id).where(_GREW))
    mark_selected(connection, MarkKind.PAGE, select(story_aliases.c.id))
    mark_selected(connection, MarkKind.PAGE, select(story_aliases.c.story_id).distinct())


def _forget_topics(connection: Connection, topic_ids: Collection[str], feeds: Collection[str]) -> None:
    """Forget what topics hold; the monograms on their pages are marked, of which some are not shown there."""
    forget_feeds(connection, feeds)
    if feeds:
        forget_shown_updates(connection, feeds)
    forget_pings_of_topics(connection, topic_ids)
    for chunk in chunks(sorted(topic_ids)):
        connection.execute(delete(topic_files).where(topic_files.c.topic_id.in_(chunk)))
        theirs = select(shown_publishers.c.domain).where(shown_publishers.c.topic_id.in_(chunk))
        mark_selected(connection, MarkKind.MONOGRAM, theirs)


def _rename_publishers(
    connection: Connection, names: Mapping[str, str | None], *, marks_articles: bool
) -> None:
    save_names(connection, names)
    for chunk in chunks(sorted(names) if marks_articles else []):
        theirs = select(articles.c.id).where(articles.c.provider_domain.in_(chunk))
        mark_selected(connection, MarkKind.ARTICLE, theirs)
