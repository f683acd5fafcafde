"""What a source brings above so many articles an hour: released one after another, or reviewed; pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.model import Article, Changes, SourceState, revise
from aggregator.model.predicates import is_listed
from aggregator.pipeline.page_wait import RELEASED_WITHIN

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_HOUR = 60
Releases = tuple[tuple[int, int], ...]
"""Minutes since 1970 in which articles of a source are released, and how many; the first comes first."""


def guard_flood(changes: Changes, state: SourceState, most: int | None, *, now: datetime) -> Changes:
    """Return what a document changes, with a flood of new articles held back, and its source's ``state``.

    ``most`` is how many of a source are published in any hour, None: all at once.
    """
    if most is None or not changes.inserted:
        return changes
    inserted, releases = spread_articles(changes.inserted, state.releases, most=most, now=now)
    return replace(changes, inserted=inserted, state=revise(state, releases=releases))


def spread_articles(
    articles: Sequence[Article], releases: Releases, *, most: int, now: datetime
) -> tuple[tuple[Article, ...], Releases]:
    """Return articles with the time of their release, and the ``releases`` with theirs.

    The oldest come first, and after those that wait already. What would have to wait longer than
    ``RELEASED_WITHIN`` is quarantined, of which the newest are the least likely.
    """
    start, last = _count_minutes(now), _count_minutes(now + RELEASED_WITHIN)
    slots = [(minute, count) for minute, count in releases if start - _HOUR < minute <= last]
    news = sorted((a for a in articles if is_listed(a)), key=lambda a: (a.published_at, a.id))
    room = max(0, most * (RELEASED_WITHIN // timedelta(hours=1)) - sum(count for _, count in slots))
    too_many = news[: max(0, len(news) - room)]
    found = {a.id: revise(a, is_quarantined=True, release_at=now) for a in too_many}
    for article in news[len(too_many) :]:
        minute = _find_slot(slots, most=most, start=start)
        if slots and slots[-1][0] == minute:
            slots[-1] = minute, slots[-1][1] + 1
        else:
            slots.append((minute, 1))
        if minute > start:
            found[article.id] = revise(article, release_at=_EPOCH + minute * _MINUTE)
    return tuple(found.get(article.id, article) for article in articles), tuple(slots)


def _find_slot(slots: Sequence[tuple[int, int]], *, most: int, start: int) -> int:
    """Return the first minute from ``start`` on in whose hour there is room, after all that are taken."""
    minute = max(start, slots[-1][0] if slots else start)
    while True:
        within = [(taken, count) for taken, count in slots if minute - _HOUR < taken <= minute]
        if sum(count for _, count in within) < most:
            return minute
        minute = within[0][0] + _HOUR


def _count_minutes(at: datetime) -> int:
    """Return the minute that a time lies in by its end, so that an hour of them is never less than one."""
    return -((_EPOCH - at) // _MINUTE)
