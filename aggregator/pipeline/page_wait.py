"""Which articles have a page to read, and which wait to be published until it is read."""

from datetime import datetime, timedelta

from aggregator.machine.clock_skew import has_elapsed
from aggregator.model import Article
from aggregator.rules import Rules


def may_read_page(article: Article, rules: Rules) -> bool:
    """Tell whether an article has a page that its source lets be read."""
    source = rules.carriers.get(article.source_id)
    return (source is None or source.page) and bool(article.web_url or article.original_url)


def is_awaited(article: Article, rules: Rules, now: datetime) -> bool:
    """Tell whether an article is not published yet because its page is still to be read."""
    enrich = rules.enrichment
    wait = timedelta(seconds=enrich.wait_s)
    is_young = not has_elapsed(wait, since=article.first_seen_at, now=now)
    unread = article.enriched_at is None and article.imported is None
    return enrich.pages and is_young and unread and may_read_page(article, rules)
