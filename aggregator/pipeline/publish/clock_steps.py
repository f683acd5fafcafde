"""A clock that was set back: what was decided by its later time is decided anew."""

from datetime import datetime, timedelta

from aggregator.enrich.reuse_limits import UNAVAILABLE
from aggregator.model.limits import LONGEST_QUIET
from aggregator.pipeline.publish.judgements import judge_articles
from aggregator.pipeline.publish.topic_waits import list_timed_limits
from aggregator.pipeline.site import Site
from aggregator.store import (
    MarkKind,
    find_articles_with_part,
    mark_waiting_articles,
    read_marks,
    read_note,
    write_note,
)

PUBLISHED_AT = "published at"
"""The note in the store with the time of the last publication."""
NOTED_EVERY = timedelta(minutes=1)


def follow_clock(site: Site) -> None:
    """Mark the articles that may wait again to be published, where the clock shows less than at last.

    Those whose page asked to be listed no longer are judged again: that time may be to come now.

    Its time is noted before anything is decided by it.
    """
    noted = read_note(site.store, PUBLISHED_AT)
    before = datetime.fromisoformat(noted) if noted else None
    if before and site.now < before:
        judge_articles(find_articles_with_part(site.store, UNAVAILABLE), site)
        page_wait = timedelta(seconds=site.rules.enrichment.wait_s)
        delays = [limits.delay + LONGEST_QUIET for limits in list_timed_limits(site.rules).values()]
        mark_waiting_articles(
            site.store,
            since=site.now - page_wait,
            delayed_since=site.now - page_wait - max(delays) if delays else None,
            now=site.now,
        )
    is_due = bool(read_marks(site.store, MarkKind.ARTICLE, now=site.now, limit=1))
    if before is None or is_due or not before <= site.now < before + NOTED_EVERY:
        write_note(site.store, PUBLISHED_AT, site.now.isoformat())
