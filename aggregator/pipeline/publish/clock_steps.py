"""A clock that was set back: what was decided by its later time is decided anew."""

from datetime import datetime, timedelta

from aggregator.rules import Rules
from aggregator.store import MarkKind, Store, mark_waiting_articles, read_marks, read_note, write_note

PUBLISHED_AT = "published at"
"""The note in the store with the time of the last publication."""
NOTED_EVERY = timedelta(minutes=1)


def follow_clock(rules: Rules, store: Store, now: datetime) -> None:
    """Mark the articles that may wait for their page again, where the clock shows less than at the last time.

    Its time is noted before anything is decided by it.
    """
    noted = read_note(store, PUBLISHED_AT)
    before = datetime.fromisoformat(noted) if noted else None
    if before and now < before:
        mark_waiting_articles(store, since=now - timedelta(seconds=rules.enrichment.wait_s))
    is_due = bool(read_marks(store, MarkKind.ARTICLE, now=now, limit=1))
    if before is None or is_due or not before <= now < before + NOTED_EVERY:
        write_note(store, PUBLISHED_AT, now.isoformat())
