"""Times that a wrong clock planned or noted: found where they cannot be true, and put right."""

__all__ = ["ClockFaults", "find_newest_poll", "repair_clock_faults"]

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, case, func, literal, or_, select, update

from aggregator.model.clock_skew import SKEW
from aggregator.store.database import Database
from aggregator.store.predicates import IS_POLLED
from aggregator.store.pushes.push_schema import subscriptions
from aggregator.store.schema import sources
from aggregator.store.schema.publication import marks

_NOTED = (
    sources.c.polled_at, sources.c.first_polled_at, sources.c.whole_at, sources.c.redirect_since_at,
    sources.c.redirect_proved_at, sources.c.failing_since_at, sources.c.told_at, sources.c.quarantined_at,
    sources.c.removed_at,
)  # fmt: skip
_AGREED = (
    subscriptions.c.asked_at, subscriptions.c.verified_at,
    subscriptions.c.denied_at, subscriptions.c.pushed_at,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockFaults:
    """What was put right: ids of ``sources`` that are due now, and the number of ``subscriptions``."""

    sources: tuple[str, ...] = ()
    subscriptions: int = 0


def repair_clock_faults(
    store: Database, now: datetime, *, longest_wait: timedelta, longest_lease: timedelta
) -> ClockFaults:
    """Make due ``now`` what times that cannot be true put off, and take those that were noted for ``now``.

    A source was planned by a wrong clock if it is to be polled later than after the longest wait, or was
    polled in the future, or never and is not due yet. Nothing is written where all is well.
    """
    are_wrong = _is_wrong_source(now, longest_wait, longest_lease)
    wrong_subscriptions = _is_wrong_subscription(now, longest_lease)
    with store.reading() as connection:
        found = connection.execute(select(sources.c.source_id, IS_POLLED.label("is_polled")).where(are_wrong))
        wrong_sources = found.all()
        counted = select(func.count()).select_from(subscriptions).where(wrong_subscriptions)
        others = connection.execute(counted).scalar_one()
    if not wrong_sources and not others:
        return ClockFaults()
    with store.writing() as connection:
        _repair_sources(connection, now, are_wrong, longest_lease)
        renewed = {column.name: _find_limit(column, now) for column in _AGREED}
        renewed["expires_at"] = _find_limit(subscriptions.c.expires_at, now + longest_lease)
        renewed["next_at"] = literal(now, subscriptions.c.next_at.type)
        connection.execute(update(subscriptions).where(wrong_subscriptions).values(**renewed))
        # What is put off rightly is put off again.
        connection.execute(update(marks).where(marks.c.due_at > now).values(due_at=now))
    polled = tuple(row.source_id for row in wrong_sources if row.is_polled)
    return ClockFaults(sources=polled, subscriptions=others)


def find_newest_poll(store: Database) -> datetime | None:
    """Return when a source was last polled, None where none ever was."""
    newest = func.max(sources.c.polled_at, type_=sources.c.polled_at.type)
    with store.reading() as connection:
        return connection.execute(select(newest)).scalar()


def _is_wrong_source(now: datetime, longest_wait: timedelta, longest_lease: timedelta) -> ColumnElement[bool]:
    future = now + SKEW
    return or_(
        sources.c.next_poll_at > now + longest_wait + SKEW,
        sources.c.paused_until_at > now + longest_wait + SKEW,
        and_(sources.c.polled_at.is_(None), sources.c.next_poll_at > future),
        sources.c.examined_at > future,
        sources.c.push_until_at > now + longest_lease + SKEW,
        *(column > future for column in _NOTED),
    )


def _is_wrong_subscription(now: datetime, longest_lease: timedelta) -> ColumnElement[bool]:
    latest = now + longest_lease + SKEW
    return or_(
        subscriptions.c.next_at > latest,
        subscriptions.c.expires_at > latest,
        *(column > now + SKEW for column in _AGREED),
    )


def _repair_sources(
    connection: Connection, now: datetime, are_wrong: ColumnElement[bool], longest_lease: timedelta
) -> None:
    mended: dict[str, Any] = {column.name: _find_limit(column, now) for column in _NOTED}
    # What a publisher asked for was counted from the wrong time: it is asked again, and says it again.
    mended |= {"next_poll_at": now, "paused_until_at": None}
    mended["examined_at"] = case((sources.c.examined_at > now, None), else_=sources.c.examined_at)
    is_long = sources.c.push_until_at > now + longest_lease
    mended["push_until_at"] = case((is_long, None), else_=sources.c.push_until_at)
    connection.execute(update(sources).where(are_wrong).values(**mended))


def _find_limit(column: Column[Any], now: datetime) -> ColumnElement[Any]:
    return case((column > now, literal(now, column.type)), else_=column)
