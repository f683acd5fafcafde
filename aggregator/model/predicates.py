"""Rules on records that SQL repeats.

``store/predicates.py`` has each of them in SQL under the same name, and a test holds the two against each
other. ``now`` and limits are arguments; what no setting changes is a constant here.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from aggregator.model.articles import PUBLISHED_QUALITY, Article
from aggregator.model.clock_skew import has_elapsed

PAGES_READ_FOR = timedelta(days=2)
"""An article's page is read until so long after it was first seen."""
AMP_PROVED_FOR = timedelta(days=3)
"""How long an AMP page stays proved before it is looked at again."""
PHASES = 1000
"""A source's phase is one of so many: its place among those that come back after a pause."""
LONGEST_SPREAD = timedelta(hours=1)
"""The sources of a service come back within this after a pause, or a tenth of it where that is less."""


def is_listed(article: Article, *, min_quality: int = PUBLISHED_QUALITY) -> bool:
    """Tell whether a feed may show an article: good enough, neither backlog nor quarantined."""
    return article.quality >= min_quality and not article.is_backlog and not article.is_quarantined


def is_recent(article: Article, *, backlog: timedelta, cutoff: datetime) -> bool:
    """Tell whether an article is as young as ``cutoff``, or younger.

    Age counts from when it was published or, if it was seen late, from then: it stays a whole window for
    those who poll. What was older than ``backlog`` when it was first seen ages by its own date, and what is
    marked as backlog is never recent.
    """
    return not article.is_backlog and find_age_start(article, backlog=backlog) >= cutoff


def find_age_start(article: Article, *, backlog: timedelta) -> datetime:
    """Return the time that an article's age in feeds counts from: see ``is_recent``."""
    was_backlog = article.first_seen_at - article.published_at > backlog
    return article.published_at if was_backlog else max(article.published_at, article.first_seen_at)


def is_unread(article: Article) -> bool:
    """Tell whether the page of an article was neither read nor given up on; imported ones have none."""
    return article.enriched_at is None and article.imported is None


def needs_page(article: Article, now: datetime) -> bool:
    """Tell whether the page of an article is to be read.

    That is another rule than that it waits for its page: it is published after ``enrich.wait_s`` at the
    latest, and its page is still read.
    """
    is_young = article.first_seen_at >= now - PAGES_READ_FOR
    return is_unread(article) and is_young and not article.is_quarantined


def needs_amp_proof(article: Article, now: datetime) -> bool:
    """Tell whether the AMP page of an article is to be proved again."""
    if article.amp_url is None or article.amp_checked_at is None:
        return False
    is_old = has_elapsed(AMP_PROVED_FOR, since=article.amp_checked_at, now=now)
    return is_old and article.imported is None and not article.is_quarantined


def is_paused(pauses: Collection[tuple[datetime, datetime]], phase: int, now: datetime) -> bool:
    """Tell whether a source is still left alone after the pauses of its service, each its 429 and its end.

    Each source comes back at its own moment after the last end, by its ``phase``. That is another rule than
    that of ``fetch.service_turns``, by which nothing at all is asked of the service before the end.
    """
    recent = [(since, until) for since, until in pauses if until > now - LONGEST_SPREAD]
    if not recent:
        return False
    spread = max(min((until - since) / 10, LONGEST_SPREAD) for since, until in recent)
    return max(until for _, until in recent) + spread * phase / PHASES > now
