"""The rules of ``model/predicates.py`` in SQL, under the same names, and those that only SQL has."""

from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    FromClause,
    Subquery,
    and_,
    case,
    func,
    or_,
    select,
    type_coerce,
)

from aggregator.model import PUBLISHED_QUALITY
from aggregator.model.clock_skew import SKEW
from aggregator.model.predicates import AMP_PROVED_FOR, LONGEST_SPREAD, PAGES_READ_FOR, PHASES
from aggregator.store.schema import articles, sources

IS_POLLED = and_(sources.c.is_configured, sources.c.is_enabled)
"""Whether a source is visited at all."""
IS_PUBLISHED = and_(articles.c.quality >= PUBLISHED_QUALITY, ~articles.c.is_quarantined)
"""``Article.is_published``."""
IS_UNREAD = and_(articles.c.enriched_at.is_(None), articles.c.imported.is_(None))
_SPREAD_US = LONGEST_SPREAD // timedelta(microseconds=1)


def is_listed(*, min_quality: int = PUBLISHED_QUALITY) -> ColumnElement[bool]:
    """Tell whether a feed may show an article: good enough, neither backlog nor quarantined."""
    return and_(articles.c.quality >= min_quality, ~articles.c.is_backlog, ~articles.c.is_quarantined)


def is_recent(*, backlog: timedelta, cutoff: datetime) -> ColumnElement[bool]:
    """Tell whether an article is as young as ``cutoff``, or younger; ``seen_at`` has its later time."""
    first_seen_us, published_us = (
        type_coerce(column, BigInteger) for column in (articles.c.first_seen_at, articles.c.published_at)
    )
    was_backlog = first_seen_us - published_us > backlog // timedelta(microseconds=1)
    is_young = and_(articles.c.seen_at >= cutoff, or_(~was_backlog, articles.c.published_at >= cutoff))
    return and_(~articles.c.is_backlog, is_young)


def needs_page(now: datetime) -> ColumnElement[bool]:
    """Tell whether the page of an article is to be read."""
    is_young = articles.c.first_seen_at >= now - PAGES_READ_FOR
    return and_(IS_UNREAD, is_young, ~articles.c.is_quarantined)


def needs_amp_proof(now: datetime) -> ColumnElement[bool]:
    """Tell whether the AMP page of an article is to be proved again."""
    is_old = has_elapsed(AMP_PROVED_FOR, since=articles.c.amp_checked_at, now=now)
    return and_(
        articles.c.amp_url.is_not(None), is_old, articles.c.imported.is_(None), ~articles.c.is_quarantined
    )


def has_elapsed(wait: timedelta, *, since: Column[datetime], now: datetime) -> ColumnElement[bool]:
    """Tell whether ``wait`` has passed since a time; one in the future, beyond ``SKEW``, counts as past."""
    return or_(since <= now - wait, since > now + SKEW)


def select_recent_pauses(since: datetime | BindParameter[datetime]) -> Subquery:
    """Return the services whose pause ended after ``since``, or will end: the end, and the spread after it.

    Before ``LONGEST_SPREAD`` ago no pause matters any more.
    """
    until_us = type_coerce(sources.c.paused_until_at, BigInteger)
    tenth_us = (until_us - type_coerce(sources.c.polled_at, BigInteger)) / 10
    spread_us = case((tenth_us < _SPREAD_US, tenth_us), else_=_SPREAD_US)
    columns = (func.max(until_us).label("until_us"), func.max(spread_us).label("spread_us"))
    is_recent_pause = sources.c.paused_until_at > since
    return select(sources.c.service, *columns).where(is_recent_pause).group_by(sources.c.service).subquery()


def is_paused(pauses: FromClause, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Tell whether a source is still left alone, where recent pauses are joined to it by its service."""
    resumes_us = pauses.c.until_us + pauses.c.spread_us * sources.c.phase / PHASES
    return and_(pauses.c.service.is_not(None), resumes_us > type_coerce(now, sources.c.next_poll_at.type))
