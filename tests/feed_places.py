"""What publishing keeps in the store, for tests of what works with it: places in feeds, and marks."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from aggregator.store.schema.publication import feed_items, marks
from tests.builders import NOW


def place(store, feed, *item_ids, is_recent=True):
    """Give articles or stories places in a feed, the first of them first; older ones stand behind."""
    start = NOW if is_recent else NOW - timedelta(days=9)
    rows = [
        {
            "feed": feed,
            "item_id": item_id,
            "sorted_at": start - timedelta(hours=number),
            "published_at": start,
            "recent_at": start,
            "is_recent": is_recent,
        }
        for number, item_id in enumerate(item_ids)
    ]
    with store.writing() as connection:
        connection.execute(insert(feed_items), rows)


def remove_places(store, item_id):
    """Take an article or a story out of all feeds."""
    with store.writing() as connection:
        connection.execute(feed_items.delete().where(feed_items.c.item_id == item_id))


def list_marks(store, kind):
    """Return the keys that have a mark of a kind, with when each is due, in order."""
    query = select(marks.c.key, marks.c.due_at).where(marks.c.kind == kind.value)
    with store.reading() as connection:
        return sorted((row.key, row.due_at) for row in connection.execute(query))


def clear_marks(store):
    """Forget all marks."""
    with store.writing() as connection:
        connection.execute(marks.delete())


def list_marked(store, kind) -> list[str]:
    """Return the keys that have a mark of a kind, each once."""
    return sorted({key for key, _ in list_marks(store, kind)})


def find_due(store, kind, key) -> list[datetime]:
    """Return when the marks of a key are due."""
    return [due_at for marked, due_at in list_marks(store, kind) if marked == key]
