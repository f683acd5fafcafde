"""What publishing keeps of the tree: what the files of each topic show."""

__all__ = [
    "TopicState",
    "TopicUpdate",
    "find_shown_publishers",
    "finish_marks",
    "forget_topic_publishers",
    "read_stamps",
    "read_topic_problems",
    "read_topic_state",
    "retry_marks",
    "save_marks",
    "save_topic_failure",
    "save_topic_updates",
]

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import rows_with, tuples_with, upsert
from aggregator.store.marks import Mark, MarkKind, add_marks, forget_marks, mark_selected, put_off_marks
from aggregator.store.pushes.hub_pings import ask_for_pings
from aggregator.store.schema.publication import shown_publishers, topic_files
from aggregator.store.shown.feed_items import save_digests


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


_PUBLISHERS = select(shown_publishers.c.domain).where(shown_publishers.c.topic_id == bindparam("of_topic"))
_STATE = select(topic_files).where(topic_files.c.topic_id == bindparam("of_topic"))


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
        add_marks(connection, MarkKind.MONOGRAM, sorted(icons))
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


def forget_topic_publishers(store: Database, *, without: Collection[str]) -> None:
    """Forget which publishers the pages of other topics than these show; their monograms are marked."""
    with store.writing() as connection:
        known = connection.execute(select(shown_publishers.c.topic_id).distinct()).scalars().all()
        for chunk in chunks(sorted(set(known).difference(without))):
            of_these = shown_publishers.c.topic_id.in_(chunk)
            mark_selected(connection, MarkKind.MONOGRAM, select(shown_publishers.c.domain).where(of_these))
            connection.execute(delete(shown_publishers).where(of_these))


def _replace_publishers(connection: Connection, topic_id: str, domains: Collection[str]) -> set[str]:
    """Note the publishers that a topic's page shows; return those that it shows no more."""
    known = {domain for (domain,) in tuples_with(connection, _PUBLISHERS, {"of_topic": topic_id})}
    rows: list[dict[str, Any]] = [
        {"topic_id": topic_id, "domain": domain} for domain in sorted(set(domains) - known)
    ]
    upsert(connection, shown_publishers, rows)
    left = known.difference(domains)
    for chunk in chunks(sorted(left)):
        are_left = (shown_publishers.c.topic_id == topic_id) & shown_publishers.c.domain.in_(chunk)
        connection.execute(delete(shown_publishers).where(are_left))
    return left
