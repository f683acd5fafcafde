"""Which articles have a page to read, and which are not published before it is read."""

from datetime import datetime, timedelta

from aggregator.model import Article
from aggregator.model.clock_skew import has_elapsed
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
