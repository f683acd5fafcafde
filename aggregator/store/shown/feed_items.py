"""What each feed can hold, in the order of the feed: kept as it changes, never computed anew from all."""

__all__ = [
    "ALL",
    "ARTICLES_FOLDER",
    "Arrangement",
    "FeedItem",
    "FeedSize",
    "HeldItem",
    "ListedItem",
    "age_items",
    "count_story_feeds",
    "find_listed_stories",
    "read_feed_items",
    "read_items_by_id",
    "read_listed_items",
    "read_publisher_names",
    "save_arrangement",
]

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import NamedTuple, TypeAlias, cast

from sqlalchemy import BigInteger, Connection, and_, bindparam, delete, func, select, type_coerce, update

from aggregator.model import LimitedItem
from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import rows_with, run_with, tuples_with, upsert
from aggregator.store.fast.prepared_in import rows_among, select_among
from aggregator.store.marks import Mark, MarkKind, add_marks, forget_marks, mark_selected
from aggregator.store.schema import articles
from aggregator.store.schema.publication import feed_items, publisher_names
from aggregator.store.shown.shown_updates import ShownUpdate, save_shown_updates

ALL = "all"
"""The folder of the feeds of all topics, which stands where a topic's id does."""
ARTICLES_FOLDER = "/articles"
"""What the folder of a feed of articles ends with; other feeds hold stories."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedSize:
    """How many items a feed shows: up to ``most`` that are recent, and older ones up to ``least`` in all."""

    least: int
    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedItem:
    """An article or a story in a feed, whose folder ``feed`` is.

    The newest by ``sorted_at``, then by ``published_at``, stands first. Its age counts from ``recent_at``.
    ``digest`` tells all that it shows, None: to be found out.
    """

    feed: str
    item_id: str
    sorted_at: datetime
    published_at: datetime
    recent_at: datetime
    is_recent: bool
    digest: str | None = None


ListedItem: TypeAlias = tuple[str, str | None]
"""What a feed shows: the id and the digest of an article or a story, None where that is to be found out."""


class HeldItem(NamedTuple):
    """The same with what it stands there by.

    Times are in microseconds since 1970, as they are stored: there are many.
    """

    item_id: str
    digest: str | None
    sorted_us: int
    published_us: int


@dataclass(kw_only=True, slots=True)
class Arrangement:
    """What arranging some articles and stories anew changes.

    ``items`` are written, ``gone`` are pairs of feed and item id that leave, ``unsure`` the ids of items that
    may show something else in their place. ``marks`` are the keys to be marked, by their kind, ``later`` are
    articles to be arranged again at a time. ``names`` are those of publishers, None for one that has none;
    the articles of publishers ``renamed`` are arranged again. ``limited`` are those of limited feeds.
    ``updates`` is what is kept of when items were updated, by feed and id.
    """

    items: list[FeedItem] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    unsure: set[tuple[str, str]] = field(default_factory=set)
    marks: dict[MarkKind, set[str]] = field(default_factory=dict)
    later: list[tuple[str, datetime]] = field(default_factory=list)
    names: dict[str, str | None] = field(default_factory=dict)
    renamed: set[str] = field(default_factory=set)
    limited: list[LimitedItem] = field(default_factory=list)
    updates: dict[tuple[str, str], ShownUpdate] = field(default_factory=dict)


_NAMES = tuple(one.name for one in fields(FeedItem))
_BY_ITEM = select_among(feed_items, feed_items.c.item_id)
_IN_FEED = select_among(feed_items, feed_items.c.item_id, feed_items.c.feed == bindparam("of_feed"))
_BY_DOMAIN = select_among(publisher_names, publisher_names.c.domain)
_ORDER = (feed_items.c.sorted_at.desc(), feed_items.c.published_at.desc(), feed_items.c.item_id)
_HELD = (
    feed_items.c.item_id,
    feed_items.c.digest,
    type_coerce(feed_items.c.sorted_at, BigInteger),
    type_coerce(feed_items.c.published_at, BigInteger),
)
_OF_FEED, _LISTED = (
    select(*columns)
    .where(feed_items.c.feed == bindparam("of_feed"), feed_items.c.is_recent == bindparam("recent"))
    .order_by(*_ORDER)
    .limit(bindparam("most"))
    for columns in (_HELD, _HELD[:2])
)
_IS_IT = and_(feed_items.c.feed == bindparam("of_feed"), feed_items.c.item_id == bindparam("of_item"))
_REMOVE = delete(feed_items).where(_IS_IT)
_SET_DIGEST = update(feed_items).where(_IS_IT).values(digest=bindparam("to_digest"))
_SET_AGE = update(feed_items).where(_IS_IT).values(is_recent=bindparam("to_recent"))
_CUTOFF = bindparam("cutoff", type_=feed_items.c.recent_at.type)
_AGED = (
    select(feed_items.c.feed, feed_items.c.item_id)
    .where(
        feed_items.c.is_recent,
        feed_items.c.recent_at < bindparam("cutoff", type_=feed_items.c.recent_at.type),
    )
    .limit(bindparam("most"))
)
_YOUNG_AGAIN = (
    select(feed_items.c.feed, feed_items.c.item_id)
    .where(
        ~feed_items.c.is_recent,
        feed_items.c.recent_at >= bindparam("cutoff", type_=feed_items.c.recent_at.type),
    )
    .limit(bindparam("most"))
)


def read_feed_items(store: Database, feed: str, size: FeedSize) -> tuple[HeldItem, ...]:
    """Return what a feed of this size shows, in its order: what is recent, and what fills it up."""
    with store.reading() as connection:
        found = _read_part(connection, feed, is_recent=True, limit=size.most)
        missing = size.least - len(found)
        if missing <= 0:
            return tuple(found)
        found += _read_part(connection, feed, is_recent=False, limit=missing)
    return tuple(sorted(found, key=_newest_first))


def read_listed_items(store: Database, feed: str, size: FeedSize) -> list[ListedItem]:
    """Return what a feed of this size shows, in its order: as ``read_feed_items``, in half the time."""
    with store.reading() as connection:
        found = tuples_with(connection, _LISTED, {"of_feed": feed, "recent": True, "most": size.most})
        if len(found) >= size.least:
            return cast("list[ListedItem]", found)
    return [(item.item_id, item.digest) for item in read_feed_items(store, feed, size)]


def count_items_before(store: Database, item: FeedItem) -> int:
    """Return how many recent items of its feed stand before one, whether it is recent or not."""
    columns = (feed_items.c.sorted_at, feed_items.c.published_at)
    newer, younger = columns[0] > item.sorted_at, columns[1] > item.published_at
    is_first = (columns[0] == item.sorted_at) & (
        younger | ((columns[1] == item.published_at) & (feed_items.c.item_id < item.item_id))
    )
    is_before = (feed_items.c.feed == item.feed) & feed_items.c.is_recent & (newer | is_first)
    with store.reading() as connection:
        return connection.execute(select(func.count()).where(is_before)).scalar_one()


def read_items_by_id(store: Database, item_ids: Collection[str]) -> Mapping[str, tuple[FeedItem, ...]]:
    """Return by item id the places that articles or stories have in feeds."""
    found: dict[str, list[FeedItem]] = {}
    with store.reading() as connection:
        for row in rows_among(connection, _BY_ITEM, item_ids):
            found.setdefault(row["item_id"], []).append(FeedItem(**row))
    return {item_id: tuple(items) for item_id, items in found.items()}


def find_listed_stories(store: Database, story_ids: Collection[str], topic_id: str = ALL) -> frozenset[str]:
    """Return those of the stories that have a place in the feed of a topic, or in that of all topics."""
    with store.reading() as connection:
        rows = rows_among(connection, _IN_FEED, set(story_ids), of_feed=topic_id)
        return frozenset(row["item_id"] for row in rows)


def count_story_feeds(store: Database, story_ids: Collection[str]) -> dict[str, int]:
    """Return in how many feeds stories have a place, those of all topics included, without those in none."""
    places = (one for items in read_items_by_id(store, story_ids).values() for one in items)
    return Counter(one.item_id for one in places if not one.feed.endswith(ARTICLES_FOLDER))


def read_publisher_names(store: Database, domains: Iterable[str]) -> Mapping[str, str]:
    """Return domain -> the one name of a publisher that the operator does not list."""
    with store.reading() as connection:
        return {row["domain"]: row["name"] for row in rows_among(connection, _BY_DOMAIN, set(domains))}


def save_arrangement(store: Database, done: Arrangement, taken: Sequence[Mark]) -> None:
    """Keep an arrangement, and forget the marks that asked for it."""
    with store.writing() as connection:
        run_with(connection, _REMOVE, [{"of_feed": feed, "of_item": id_} for feed, id_ in done.gone])
        upsert(
            connection, feed_items, [{name: getattr(item, name) for name in _NAMES} for item in done.items]
        )
        save_shown_updates(connection, done.updates, done.gone)
        unsure = [{"of_feed": feed, "of_item": id_, "to_digest": None} for feed, id_ in done.unsure]
        run_with(connection, _SET_DIGEST, unsure)
        save_names(connection, done.names)
        for chunk in chunks(sorted(done.renamed)):
            theirs = select(articles.c.id).where(articles.c.provider_domain.in_(chunk))
            mark_selected(connection, MarkKind.ARTICLE, theirs)
        for kind, keys in done.marks.items():
            add_marks(connection, kind, sorted(keys))
        for key, due_at in done.later:
            add_marks(connection, MarkKind.ARTICLE, [key], due_at=due_at)
        forget_marks(connection, taken)


def age_items(store: Database, cutoff: datetime, *, limit: int = 5_000) -> frozenset[str]:
    """Note which items are recent no more, or again, as of ``cutoff``; return their feeds.

    At most ``limit`` of them at a time: called until no feed is left, it has noted all.
    """
    with store.reading() as connection:
        values = {"cutoff": cutoff, "most": limit}
        changed = [(row, False) for row in rows_with(connection, _AGED, values)]
        changed += [(row, True) for row in rows_with(connection, _YOUNG_AGAIN, values)]
    if not changed:
        return frozenset()
    with store.writing() as connection:
        rows = [
            {"of_feed": row["feed"], "of_item": row["item_id"], "to_recent": is_recent}
            for row, is_recent in changed
        ]
        run_with(connection, _SET_AGE, rows)
        feeds = frozenset(row["feed"] for row, _ in changed)
        add_marks(connection, MarkKind.TOPIC, sorted({feed.partition("/")[0] for feed in feeds}))
    return feeds


def save_digests(connection: Connection, digests: Mapping[tuple[str, str], str]) -> None:
    """Keep what items show, by feed and id, in the transaction that keeps their files."""
    rows = [{"of_feed": feed, "of_item": id_, "to_digest": digest} for (feed, id_), digest in digests.items()]
    run_with(connection, _SET_DIGEST, rows)


def forget_feeds(connection: Connection, feeds: Collection[str] | None) -> None:
    """Forget what these feeds hold; None: all."""
    if feeds is None:
        connection.execute(delete(feed_items))
        return
    for chunk in chunks(sorted(feeds)):
        connection.execute(delete(feed_items).where(feed_items.c.feed.in_(chunk)))


def forget_digests(connection: Connection) -> None:
    """Have everything that any feed shows found out anew."""
    connection.execute(update(feed_items).where(feed_items.c.digest.is_not(None)).values(digest=None))


def _read_part(connection: Connection, feed: str, *, is_recent: bool, limit: int) -> list[HeldItem]:
    values = {"of_feed": feed, "recent": is_recent, "most": limit}
    return list(map(HeldItem._make, tuples_with(connection, _OF_FEED, values)))


def _newest_first(item: HeldItem) -> tuple[int, int, str]:
    return -item.sorted_us, -item.published_us, item.item_id


def save_names(connection: Connection, names: Mapping[str, str | None]) -> None:
    """Keep the names of publishers, None: to be forgotten; their monograms are marked."""
    add_marks(connection, MarkKind.MONOGRAM, sorted(names))
    upsert(connection, publisher_names, [{"domain": d, "name": name} for d, name in names.items() if name])
    for chunk in chunks([domain for domain, name in names.items() if not name]):
        connection.execute(delete(publisher_names).where(publisher_names.c.domain.in_(chunk)))
