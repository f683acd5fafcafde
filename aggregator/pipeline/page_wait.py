"""Which articles have a page to read, and which are not published before it is read."""

from datetime import datetime, timedelta

from aggregator.model import Article
from aggregator.model.clock_skew import SKEW, has_elapsed
from aggregator.model.predicates import is_unread
from aggregator.rules import Rules


def may_read_page(article: Article, rules: Rules) -> bool:
    """Tell whether an article has a page that its source lets be read."""
    source = rules.carriers.get(article.source_id)
    return (source is None or source.page) and bool(article.web_url or article.original_url)


def waits_for_page(article: Article, rules: Rules, now: datetime) -> bool:
    """Tell whether an article is not published yet because its page is still to be read.

    That is over after ``enrich.wait_s``, while its page is still read: ``model.predicates.needs_page``.
    """
    enrich = rules.enrichment
    wait = timedelta(seconds=enrich.wait_s)
    is_young = not has_elapsed(wait, since=article.first_seen_at, now=now)
    return enrich.pages and is_young and is_unread(article) and may_read_page(article, rules)


def find_end_of_wait(article: Article, rules: Rules, now: datetime) -> datetime | None:
    """Return when it is to be asked again whether an article waits for its page; None: never.

    One that was first seen in the future, by a clock that was wrong, may begin to wait when that comes near.
    """
    if not (rules.enrichment.pages and is_unread(article) and may_read_page(article, rules)):
        return None
    wait = timedelta(seconds=rules.enrichment.wait_s)
    end = article.first_seen_at + wait
    if article.first_seen_at > now + SKEW:
        return article.first_seen_at - SKEW
    return end if end > now else None
