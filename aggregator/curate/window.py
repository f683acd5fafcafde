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
    """Return what a feed of articles holds at ``now``, newest first: by age, ``min_items`` to ``max_items``.

    Recent articles are there (see ``is_recent``). Where they are too few, the newest of the others fill up.
    ``max_items`` is the last word: it cuts off the oldest.
    """
    ordered = sorted({article.id: article for article in articles}.values(), key=_newest_first)
    recent = [article for article in ordered if is_recent(article, backlog=backlog, cutoff=now - window)]
    if len(recent) < min_items:
        chosen = {article.id for article in recent}
        others = [article for article in ordered if article.id not in chosen]
        recent = sorted([*recent, *others[: min_items - len(recent)]], key=_newest_first)
    return tuple(recent[:max_items])


def is_recent(article: Article, *, backlog: timedelta, cutoff: datetime) -> bool:
    """Return whether an article is as young as ``cutoff``, or younger.

    Age counts from when it was published or, if it was seen late, from then: it stays a whole window for
    those who poll. What was older than ``backlog`` when it was first seen ages by its own date, and what is
    marked as backlog is never recent.
    """
    was_backlog = article.first_seen_at - article.published_at > backlog
    since = article.published_at if was_backlog else max(article.published_at, article.first_seen_at)
    return not article.is_backlog and since >= cutoff


def _newest_first(article: Article) -> tuple[float, str]:
    return -article.published_at.timestamp(), article.id
