"""Which files go first: those that may still show an article that was killed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.pipeline.upload.order import make_urgent
from aggregator.pipeline.upload.waiting import read_done_at
from aggregator.store import Store, read_kills_since

WRITTEN_WITHIN = timedelta(hours=1)
"""How long after a kill the last file that showed the article is written, at the most."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def find_urgent(folder: Path, store: Store) -> Callable[[str], bool]:
    """Return what tells whether a file may show what was killed since all was uploaded; raises StoreError."""
    done_at = read_done_at(folder)
    kills = read_kills_since(store, LONG_AGO if done_at is None else done_at - WRITTEN_WITHIN)
    return make_urgent(kills.topic_ids, kills.story_ids)
