"""When the topics were removed whose feeds are still there."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from aggregator.store.store import Store

NOTE = "removed topics"
ENDED = "removed topics end"
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
    store.write_note(ENDED, "1")


def is_end_asked(store: Store) -> bool:
    """Tell whether ``end_removed_topics`` was called and no publication has done so yet."""
    return bool(store.note(ENDED))


def note_end_done(store: Store) -> None:
    """Note that what ``end_removed_topics`` asked for is in the times."""
    store.write_note(ENDED, "")
