"""Which articles a feed holds, said once more and more simply than the store keeps it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from aggregator.model import Article
from aggregator.model.predicates import is_recent


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


def _newest_first(article: Article) -> tuple[float, str]:
    return -article.published_at.timestamp(), article.id
