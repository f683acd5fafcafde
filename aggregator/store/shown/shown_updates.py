"""When feeds were last updated, as subscribers know it, and their items, while these have their place."""

__all__ = [
    "ShownUpdate",
    "read_feed_updates",
    "read_shown_updates",
    "read_updates_by_feed",
    "save_feed_updates",
]

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import Row, run_with, upsert
from aggregator.store.fast.prepared_in import rows_among, select_among
from aggregator.store.schema import articles, stories
from aggregator.store.schema.updates import shown_updates

_COLUMNS = shown_updates.c
FEED_ITSELF = ""
"""The item id under which it is kept when a feed itself was last updated: for good, whatever it holds."""
_BY_ITEM = select_among(shown_updates, _COLUMNS.item_id)
_IN_FEED = select_among(shown_updates, _COLUMNS.item_id, _COLUMNS.feed == bindparam("of_feed"))
_OF_FEEDS = select_among(shown_updates, _COLUMNS.feed, _COLUMNS.item_id == FEED_ITSELF)
_REMOVE = delete(shown_updates).where(
    _COLUMNS.feed == bindparam("of_feed"), _COLUMNS.item_id == bindparam("of_item")
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownUpdate:
    """What heads an item of a feed, and when it was last ``updated_at``.

    ``head`` names an article, and the decisions on how that is shown, "" what subscribers were told is gone.
    ``placed_at`` is the time that a story stood by last, with articles up to ``turn``, None for articles.
    """

    head: str
    updated_at: datetime
    placed_at: datetime | None = None
    turn: int | None = None


def read_shown_updates(store: Database, item_ids: Collection[str]) -> dict[tuple[str, str], ShownUpdate]:
    """Return by feed and item id what is kept of these items."""
    with store.reading() as connection:
        return dict(map(_make_update, rows_among(connection, _BY_ITEM, set(item_ids))))


def read_updates_by_feed(
    store: Database, item_ids: Mapping[str, Collection[str]]
) -> dict[tuple[str, str], ShownUpdate]:
    """Return by feed and item id what is kept of the items that are asked for of each feed."""
    found: dict[tuple[str, str], ShownUpdate] = {}
    with store.reading() as connection:
        for feed, ids in item_ids.items():
            found.update(map(_make_update, rows_among(connection, _IN_FEED, set(ids), of_feed=feed)))
    return found


def _make_update(row: Row) -> tuple[tuple[str, str], ShownUpdate]:
    update = ShownUpdate(
        head=row["head"], updated_at=row["updated_at"], placed_at=row["placed_at"], turn=row["turn"]
    )
    return (row["feed"], row["item_id"]), update


def save_shown_updates(
    connection: Connection, kept: dict[tuple[str, str], ShownUpdate], gone: Iterable[tuple[str, str]]
) -> None:
    """Keep what heads items, by feed and id, and forget those that are ``gone`` and not among them."""
    run_with(connection, _REMOVE, [{"of_feed": feed, "of_item": id_} for feed, id_ in gone])
    rows = [
        {
            "feed": feed,
            "item_id": id_,
            "head": one.head,
            "updated_at": one.updated_at,
            "placed_at": one.placed_at,
            "turn": one.turn,
        }
        for (feed, id_), one in kept.items()
    ]
    upsert(connection, shown_updates, rows)


def forget_shown_updates(connection: Connection, feeds: Collection[str]) -> None:
    """Forget what is kept of the items of these feeds, and of those that are gone altogether."""
    is_item = _COLUMNS.item_id != FEED_ITSELF
    for chunk in chunks(sorted(feeds)):
        connection.execute(delete(shown_updates).where(is_item, _COLUMNS.feed.in_(chunk)))
    are_gone = _COLUMNS.item_id.not_in(select(articles.c.id)) & _COLUMNS.item_id.not_in(select(stories.c.id))
    connection.execute(delete(shown_updates).where(is_item, are_gone))


def read_feed_updates(store: Database, feeds: Collection[str]) -> dict[str, datetime]:
    """Return when these feeds were last updated, as their files say, without those that have none yet."""
    with store.reading() as connection:
        return {row["feed"]: row["updated_at"] for row in rows_among(connection, _OF_FEEDS, set(feeds))}


def save_feed_updates(store: Database, times: Mapping[str, datetime]) -> None:
    """Keep when feeds were last updated, before their files say so."""
    if not times:
        return
    rows = [
        {"feed": feed, "item_id": FEED_ITSELF, "head": "", "updated_at": at, "placed_at": None, "turn": None}
        for feed, at in times.items()
    ]
    with store.writing() as connection:
        upsert(connection, shown_updates, rows)
