"""Which articles, or stories, a feed holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model import Article


@dataclass(frozen=True, kw_only=True, slots=True)
class Selectable:
    """What a feed may hold: ``id``, when it was ``published_at``, and the articles it consists of."""

    id: str
    published_at: datetime
    articles: Sequence[Article]


def select_window(
    articles: Iterable[Article],
    *,
    now: datetime,
    window: timedelta,
    backlog: timedelta,
    min_items: int,
    max_items: int,
) -> tuple[Article, ...]:
    """Return what a feed of articles holds at ``now``, newest first: see ``select_ids``."""
    by_id = {article.id: article for article in articles}
    singles = (Selectable(id=a.id, published_at=a.published_at, articles=(a,)) for a in by_id.values())
    ids = select_ids(
        singles, now=now, window=window, backlog=backlog, min_items=min_items, max_items=max_items
    )
    return tuple(by_id[id_] for id_ in ids)


def select_ids(
    items: Iterable[Selectable],
    *,
    now: datetime,
    window: timedelta,
    backlog: timedelta,
    min_items: int,
    max_items: int,
) -> tuple[str, ...]:
    """Return the ids of what a feed holds at ``now``, newest first: by age, ``min_items`` to ``max_items``.

    Age counts from when an article was published or, if it was seen late, from then: it stays a whole
    ``window`` for those who poll. What was older than ``backlog`` when it was first seen ages by its own
    date, and what is marked as backlog is never recent. An item is as young as its youngest article. Where
    too few are left, the newest of the others fill up. ``max_items`` is the last word: it cuts off the
    oldest.
    """
    ordered = sorted(items, key=_newest_first)
    recent = [item for item in ordered if _is_recent(item, backlog, now - window)]
    if len(recent) < min_items:
        chosen = {item.id for item in recent}
        others = [item for item in ordered if item.id not in chosen]
        recent = sorted([*recent, *others[: min_items - len(recent)]], key=_newest_first)
    return tuple(item.id for item in recent[:max_items])


def _is_recent(item: Selectable, backlog: timedelta, cutoff: datetime) -> bool:
    return any(not a.is_backlog and _counts_from(a, backlog) >= cutoff for a in item.articles)


def _counts_from(article: Article, backlog: timedelta) -> datetime:
    was_backlog = article.first_seen_at - article.published_at > backlog
    return article.published_at if was_backlog else max(article.published_at, article.first_seen_at)


def _newest_first(item: Selectable) -> tuple[float, str]:
    return -item.published_at.timestamp(), item.id
