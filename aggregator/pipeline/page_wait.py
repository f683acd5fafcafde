"""Which articles have a page to read, and which are not published before it is read."""

from datetime import datetime, timedelta

from aggregator.model import Article
from aggregator.model.clock_skew import SKEW, has_elapsed
from aggregator.model.predicates import is_unread
from aggregator.rules import Rules

RELEASED_WITHIN = timedelta(hours=24)
"""What a source brings above its ``max_per_hour`` is released within this."""


def may_read_page(article: Article, rules: Rules) -> bool:
    """Tell whether an article has a page that its source lets be read."""
    source = rules.carriers.get(article.source_id)
    return (source is None or source.page) and bool(article.web_url or article.original_url)


def is_held_back(article: Article, now: datetime) -> bool:
    """Tell whether an article is not published yet because its source brought too many at once.

    A time later than ``RELEASED_WITHIN`` was set by a clock that was wrong, and does not count.
    """
    return article.release_at is not None and now < article.release_at <= now + RELEASED_WITHIN


def waits_for_page(article: Article, rules: Rules, now: datetime) -> bool:
    """Tell whether an article is not published yet because its page is still to be read, or it is held back.

    The first is over after ``enrich.wait_s``, while its page is still read: ``model.predicates.needs_page``.
    """
    if is_held_back(article, now):
        return True
    enrich = rules.enrichment
    wait = timedelta(seconds=enrich.wait_s)
    is_young = not has_elapsed(wait, since=article.first_seen_at, now=now)
    return enrich.pages and is_young and is_unread(article) and may_read_page(article, rules)


def find_end_of_wait(article: Article, rules: Rules, now: datetime) -> datetime | None:
    """Return when it is to be asked again whether an article waits to be published; None: never.

    One that was first seen in the future, by a clock that was wrong, may begin to wait when that comes near.
    """
    release = _find_release(article, now)
    if not (rules.enrichment.pages and is_unread(article) and may_read_page(article, rules)):
        return release
    wait = timedelta(seconds=rules.enrichment.wait_s)
    end = article.first_seen_at + wait
    if article.first_seen_at > now + SKEW:
        end = article.first_seen_at - SKEW
    return min((at for at in (end, release) if at is not None and at > now), default=None)


def _find_release(article: Article, now: datetime) -> datetime | None:
    """Return when an article that is held back is released, or may begin to be; None: never."""
    at = article.release_at
    if at is None or at <= now:
        return None
    return at if is_held_back(article, now) else at - RELEASED_WITHIN
