"""When a rule holds: its span, and its hours on the days of its zone."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aggregator.model.curation import EditorRule

_AHEAD = 9
"""Days that are looked at: one before today, whose hours may last over midnight, and a week to come."""


def is_in_force(rule: EditorRule, now: datetime) -> bool:
    """Tell whether a rule holds ``now``, by its times alone."""
    if (rule.from_at is not None and now < rule.from_at) or (
        rule.until_at is not None and now >= rule.until_at
    ):
        return False
    if not rule.days and rule.hours is None:
        return True
    return any(begin <= now < end for begin, end in _list_spans(rule, now))


def find_next_change(rule: EditorRule, now: datetime) -> datetime | None:
    """Return when, after ``now``, a rule may begin or end to hold by its times; None: never."""
    moments = [at for at in (rule.from_at, rule.until_at) if at is not None]
    if (rule.days or rule.hours is not None) and (rule.until_at is None or now < rule.until_at):
        moments += [at for span in _list_spans(rule, now) for at in span]
    return min((at for at in moments if at > now), default=None)


def _list_spans(rule: EditorRule, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when to when a rule holds on the days around ``now``."""
    zone = ZoneInfo(rule.time_zone)
    first = now.astimezone(zone).date() - timedelta(days=1)
    begin, end = rule.hours or (time(), time())
    for day in (first + timedelta(days=number) for number in range(_AHEAD)):
        if rule.days and day.weekday() not in rule.days:
            continue
        last = day + timedelta(days=1) if end <= begin else day
        yield (
            datetime.combine(day, begin, tzinfo=zone).astimezone(UTC),
            datetime.combine(last, end, tzinfo=zone).astimezone(UTC),
        )
