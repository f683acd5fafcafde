"""What publishing keeps of the tree: what the files of each topic show, and what is to be made anew."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select

from aggregator.store.corrections import SITE
from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import rows_with, upsert
from aggregator.store.feed_items import (
    ARTICLES_FOLDER,
    forget_digests,
    forget_feeds,
    save_digests,
    save_names,
)
from aggregator.store.hub_pings import ask_for_pings, forget_pings_of_topics
from aggregator.store.limited_items import forget_gone_items
from aggregator.store.marks import (
    Mark,
    MarkKind,
    add_marks,
    clear_marks,
    forget_marks,
    mark_selected,
    put_off_marks,
)
from aggregator.store.publication_schema import feed_items, marks, shown_publishers, topic_files
from aggregator.store.record_states import WRITTEN_BY
from aggregator.store.schema import article_topics, articles, notes, stories, story_aliases, story_members


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


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicState:
    """What is known of a topic's files: the ``manifest`` of what they show, None where that is not known.

    ``stamps`` are by file name what tells whether a file is as it was written.
    """

    topic_id: str
    manifest: bytes | None
    stamps: Mapping[str, Sequence[int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicUpdate:
    """What writing the files of a topic came to: its new ``state``, and ``digests`` by feed and item id.

    ``publishers`` are the domains of those that its page shows, None: the same as before. ``new_ids`` are
    articles that it did not show before, or not so. ``icons`` are domains whose monograms may be unused.
    ``changed_feeds`` are the files of feeds, below the tree's root, that show something else.
    """

    state: TopicState
    digests: Mapping[tuple[str, str], str] = field(default_factory=dict)
    publishers: frozenset[str] | None = None
    new_ids: frozenset[str] = frozenset()
    icons: frozenset[str] = frozenset()
    changed_feeds: frozenset[str] = frozenset()


_STATE = select(topic_files).where(topic_files.c.topic_id == bindparam("of_topic"))
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
            forget_feeds(connection, None)
            mark_selected(connection, MarkKind.PLACE, _BY_STORY)
        if asked.shown:
            _mark_shown(connection)
        if asked.icons:
            mark_selected(connection, MarkKind.ICON, select(shown_publishers.c.domain).distinct())
        if asked.site:
            add_marks(connection, MarkKind.SITE, [""])
        add_marks(connection, MarkKind.TOPIC, asked.topic_ids)
        add_marks(connection, MarkKind.CHANGES, [SITE, *asked.topic_ids] if asked.site else asked.topic_ids)
        for topic_id in () if asked.places else asked.articles_of:
            theirs = select(article_topics.c.article_id).where(article_topics.c.topic_id == topic_id)
            # In the order in which they came, as limits are decided on one after another.
            in_order = theirs.order_by(article_topics.c.published_at, article_topics.c.article_id)
            mark_selected(connection, MarkKind.ARTICLE, in_order)
        _forget_topics(connection, asked.removed, asked.removed_feeds)
        _rename_publishers(connection, asked.names, marks_articles=not asked.places)
        upsert(connection, notes, [{"key": note[0], "value": note[1]}])


def read_topic_state(store: Database, topic_id: str) -> TopicState:
    """Return what is known of a topic's files."""
    with store.reading() as connection:
        for row in rows_with(connection, _STATE, {"of_topic": topic_id}):
            return TopicState(topic_id=topic_id, manifest=row["manifest"], stamps=row["stamps"])
    return TopicState(topic_id=topic_id, manifest=None, stamps={})


def read_stamps(store: Database) -> dict[str, Mapping[str, Sequence[int]]]:
    """Return by topic id, and by file name, what tells whether a file is as it was written."""
    with store.reading() as connection:
        rows = connection.execute(select(topic_files.c.topic_id, topic_files.c.stamps))
        return {row.topic_id: row.stamps for row in rows}


def read_topic_problems(store: Database) -> dict[str, str]:
    """Return by id why topics could not be written last, without those that could."""
    query = select(topic_files.c.topic_id, topic_files.c.problem).where(topic_files.c.problem.is_not(None))
    with store.reading() as connection:
        return {row.topic_id: row.problem for row in connection.execute(query)}


def save_topic_updates(
    store: Database,
    updates: Sequence[TopicUpdate],
    taken: Collection[Mark],
    *,
    hubs: Collection[str],
    now: datetime,
) -> None:
    """Keep what the files of topics show, which are on disk, and forget the marks that asked for it.

    The ``hubs`` are to be told which feeds changed.
    """
    if not updates:
        return
    states = [update.state for update in updates]
    rows = [
        {"topic_id": s.topic_id, "manifest": s.manifest, "stamps": s.stamps, "problem": None} for s in states
    ]
    icons = {domain for update in updates for domain in update.icons}
    with store.writing() as connection:
        upsert(connection, topic_files, rows)
        for update in updates:
            save_digests(connection, update.digests)
            if update.publishers is not None:
                icons |= _replace_publishers(connection, update.state.topic_id, update.publishers)
        add_marks(connection, MarkKind.ICON, sorted(icons))
        new_ids = {article_id for update in updates for article_id in update.new_ids}
        add_marks(connection, MarkKind.PICTURE, sorted(new_ids))
        changed = {feed for update in updates for feed in update.changed_feeds}
        ask_for_pings(connection, changed, hubs, now=now)
        forget_marks(connection, taken)


def save_topic_failure(
    store: Database, topic_id: str, problem: str, taken: Sequence[Mark], *, again_at: datetime
) -> None:
    """Keep why a topic could not be written, to be tried again."""
    row = {"topic_id": topic_id, "stamps": {}, "problem": problem}
    with store.writing() as connection:
        upsert(connection, topic_files, [row], keep=("stamps",))
        put_off_marks(connection, taken, due_at=again_at)


def save_marks(store: Database, kind: MarkKind, keys: Iterable[str]) -> None:
    """Mark what ``keys`` name, in a transaction of its own."""
    with store.writing() as connection:
        add_marks(connection, kind, keys)


def finish_marks(store: Database, taken: Collection[Mark]) -> None:
    """Forget marks that were taken, where nothing else is to be kept."""
    if taken:
        with store.writing() as connection:
            forget_marks(connection, taken)


def retry_marks(store: Database, taken: Sequence[Mark], *, again_at: datetime) -> None:
    """Have marks taken up again later."""
    if taken:
        with store.writing() as connection:
            put_off_marks(connection, taken, due_at=again_at)


def find_shown_publishers(
    store: Database, domains: Collection[str] | None, *, without: Collection[str] = ()
) -> set[str]:
    """Return those of the publishers that the page of any topic shows; None: of all.

    What only the topics in ``without`` show does not count.
    """
    found: set[str] = set()
    shown = select(shown_publishers.c.domain).distinct()
    if without:
        shown = shown.where(shown_publishers.c.topic_id.not_in(sorted(without)))
    with store.reading() as connection:
        if domains is None:
            return set(connection.execute(shown).scalars())
        for chunk in chunks(sorted(domains)):
            query = shown.where(shown_publishers.c.domain.in_(chunk))
            found.update(connection.execute(query).scalars())
    return found


def forget_topic_publishers(store: Database, *, besides: Collection[str]) -> None:
    """Forget which publishers the pages of other topics than these show; their monograms are marked."""
    with store.writing() as connection:
        known = connection.execute(select(shown_publishers.c.topic_id).distinct()).scalars().all()
        for chunk in chunks(sorted(set(known).difference(besides))):
            of_these = shown_publishers.c.topic_id.in_(chunk)
            mark_selected(connection, MarkKind.ICON, select(shown_publishers.c.domain).where(of_these))
            connection.execute(delete(shown_publishers).where(of_these))


def _forget_everything(connection: Connection) -> None:
    """Forget what files show, but for the publishers: without them nobody knows which monograms are there."""
    kept = {MarkKind.PICTURE, MarkKind.TRUTH, MarkKind.ICON}
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
    forget_pings_of_topics(connection, topic_ids)
    for chunk in chunks(sorted(topic_ids)):
        connection.execute(delete(topic_files).where(topic_files.c.topic_id.in_(chunk)))
        theirs = select(shown_publishers.c.domain).where(shown_publishers.c.topic_id.in_(chunk))
        mark_selected(connection, MarkKind.ICON, theirs)


def _rename_publishers(
    connection: Connection, names: Mapping[str, str | None], *, marks_articles: bool
) -> None:
    save_names(connection, names)
    for chunk in chunks(sorted(names) if marks_articles else []):
        theirs = select(articles.c.id).where(articles.c.provider_domain.in_(chunk))
        mark_selected(connection, MarkKind.ARTICLE, theirs)


def _replace_publishers(connection: Connection, topic_id: str, domains: Collection[str]) -> set[str]:
    """Note the publishers that a topic's page shows; return those that it shows no more."""
    query = select(shown_publishers.c.domain).where(shown_publishers.c.topic_id == topic_id)
    known = set(connection.execute(query).scalars())
    rows: list[dict[str, Any]] = [
        {"topic_id": topic_id, "domain": domain} for domain in sorted(set(domains) - known)
    ]
    upsert(connection, shown_publishers, rows)
    left = known.difference(domains)
    for chunk in chunks(sorted(left)):
        are_left = (shown_publishers.c.topic_id == topic_id) & shown_publishers.c.domain.in_(chunk)
        connection.execute(delete(shown_publishers).where(are_left))
    return left
