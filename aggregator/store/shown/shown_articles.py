"""Which articles the feeds show now, found by the places that they and their stories have there."""

__all__ = ["SizeOfFeed", "select_shown_articles"]

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from aggregator.store.database import Database
from aggregator.store.fast.driver import rows_with
from aggregator.store.fast.prepared_in import prepare_in, rows_among
from aggregator.store.schema import story_members
from aggregator.store.schema.publication import feed_items
from aggregator.store.shown.feed_items import ARTICLES_FOLDER, FeedSize

_EARLIEST = datetime.min.replace(tzinfo=UTC)


SizeOfFeed = Callable[[str], FeedSize]
"""Returns the size of the feed in a folder."""

_PLACES = prepare_in(
    feed_items.c.item_id,
    lambda are_these: select(
        feed_items.c.feed, feed_items.c.item_id, feed_items.c.is_recent, feed_items.c.sorted_at
    ).where(are_these),
)
_STORIES = prepare_in(
    story_members.c.article_id,
    lambda are_these: select(story_members.c.article_id, story_members.c.story_id).where(are_these),
)
_OF_FEED = (feed_items.c.feed == bindparam("of_feed")) & (feed_items.c.is_recent == bindparam("recent"))
_AT = (
    select(feed_items.c.sorted_at)
    .where(_OF_FEED)
    .order_by(feed_items.c.sorted_at.desc())
    .limit(1)
    .offset(bindparam("skipped"))
)
_COUNT = select(func.count().label("items")).select_from(feed_items).where(_OF_FEED)


def find_shown_articles(
    connection: Connection, article_ids: Collection[str], size_of: SizeOfFeed
) -> frozenset[str]:
    """Return those of the articles that a feed shows, by themselves or as one of a story."""
    rows = rows_among(connection, _STORIES, article_ids)
    story_of = {row["article_id"]: row["story_id"] for row in rows}
    ends: dict[str, tuple[bool, datetime]] = {}
    shown: set[tuple[bool, str]] = set()
    for row in rows_among(connection, _PLACES, {*article_ids, *story_of.values()}):
        feed = row["feed"]
        if feed not in ends:
            ends[feed] = _find_end(connection, feed, size_of(feed))
        if (row["is_recent"], row["sorted_at"]) >= ends[feed]:
            shown.add((feed.endswith(ARTICLES_FOLDER), row["item_id"]))
    return frozenset(id_ for id_ in article_ids if {(True, id_), (False, story_of.get(id_, ""))} & shown)


def select_shown_articles(
    store: Database, article_ids: Collection[str], size_of: SizeOfFeed
) -> frozenset[str]:
    """Return those of the articles that a feed shows, by themselves or as one of a story."""
    if not article_ids:
        return frozenset()
    with store.reading() as connection:
        return find_shown_articles(connection, article_ids, size_of)


def _find_end(connection: Connection, feed: str, size: FeedSize) -> tuple[bool, datetime]:
    """Return where what a feed shows ends: whether the last item is recent, and what it is sorted by."""
    last = _read_time(connection, feed, is_recent=True, skipped=size.most - 1)
    if last is not None:
        return True, last
    values = {"of_feed": feed, "recent": True}
    recent = next(rows_with(connection, _COUNT, values))["items"]  # fewer than it may show
    if recent >= size.least:
        return True, _EARLIEST
    older = _read_time(connection, feed, is_recent=False, skipped=size.least - recent - 1)
    return False, older or _EARLIEST


def _read_time(connection: Connection, feed: str, *, is_recent: bool, skipped: int) -> Any:
    values = {"of_feed": feed, "recent": is_recent, "skipped": skipped}
    return next((row["sorted_at"] for row in rows_with(connection, _AT, values)), None)
