"""Which articles a feed holds."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from aggregator.model import Article


def select_window(
    articles: Iterable[Article],
    *,
    now: datetime,
    window: timedelta,
    backlog: timedelta,
    min_items: int,
    max_items: int,
) -> tuple[Article, ...]:
    """Return what a feed holds at ``now``, newest first: by age, ``min_items`` to ``max_items`` of them.

    Age counts from when an article was published or, if it was seen late, from then: it stays a whole
    ``window`` for those who poll. What was older than ``backlog`` when it was first seen ages by its own
    date, and what is marked as backlog is never recent. Where too few are left, the newest of the others
    fill up. ``max_items`` is the last word: it cuts off the oldest.
    """
    ordered = sorted(articles, key=_newest_first)
    recent = [a for a in ordered if not a.is_backlog and _counts_from(a, backlog) >= now - window]
    if len(recent) < min_items:
        chosen = {a.id for a in recent}
        others = [a for a in ordered if a.id not in chosen]
        recent = sorted([*recent, *others[: min_items - len(recent)]], key=_newest_first)
    return tuple(recent[:max_items])


def _counts_from(article: Article, backlog: timedelta) -> datetime:
    was_backlog = article.first_seen_at - article.published_at > backlog
    return article.published_at if was_backlog else max(article.published_at, article.first_seen_at)


def _newest_first(article: Article) -> tuple[float, str]:
    return -article.published_at.timestamp(), article.id
