"""When the topics were removed whose feeds are still there."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from aggregator.store.store import Store

NOTE = "removed topics"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def removal_times(store: Store) -> dict[str, datetime]:
    """Return when each topic was removed, by its id."""
    noted = json.loads(store.note(NOTE) or "{}")
    return {topic_id: datetime.fromisoformat(at) for topic_id, at in noted.items()}


def keep_removal_times(store: Store, times: Mapping[str, datetime]) -> None:
    """Keep when each topic was removed, and nothing of others."""
    store.write_note(NOTE, json.dumps({topic_id: at.isoformat() for topic_id, at in times.items()}))


def end_removed_topics(store: Store) -> None:
    """Let the feeds of removed topics go with the next publication, whatever days are left to them.

    They are not written any more, so that they would go on showing what was removed from the store by hand.
    """
    times = removal_times(store)
    if times:
        keep_removal_times(store, dict.fromkeys(times, LONG_AGO))
