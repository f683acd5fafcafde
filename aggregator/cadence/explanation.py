"""Why a source is polled as often as it is, in words for an operator; pure."""

from datetime import datetime, timedelta

from aggregator.cadence.plan import Intervals, Plan, plan_poll
from aggregator.cadence.rhythm import Rhythm, find_busy_hours, newest_post_at
from aggregator.cadence.source_health import choose_probe_interval, health_of, is_unhealthy_for_long
from aggregator.model import Asks, SourceState

_UNITS = ((1, "day"), (7, "week"), (30, "month"))
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def explain_poll(state: SourceState, *, intervals: Intervals, now: datetime) -> str:
    """Return how often a source is polled and why, as its last poll left it, in a sentence."""
    at = state.polled_at or now
    usual = _explain_plan(plan_poll(state, intervals=intervals, now=at), state, at)
    if is_unhealthy_for_long(state):
        health = health_of(state)
        probe = max(choose_probe_interval(state), intervals.maximum if health == "failing" else timedelta(0))
        return f"every {format_span(probe)}, because it is {health}; when it answers again: {usual}"
    if state.outcome == "throttled":
        return f"less and less often, because its publisher asked for a pause; when it answers again: {usual}"
    if state.outcome == "failed":
        times = f"{state.failures} {'failure' if state.failures == 1 else 'failures'} in a row"
        return f"less and less often, because of {times}; when it answers again: {usual}"
    return usual


def format_span(length: timedelta) -> str:
    """Return a length of time in words, such as ``40 min``, ``2.5 h`` or ``3 days``."""
    seconds = length.total_seconds()
    if seconds < 90:
        return f"{seconds:.3g} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f}".removesuffix(".0") + " h"
    return f"{seconds / 86400:.1f}".removesuffix(".0") + " days"


def _explain_plan(plan: Plan, state: SourceState, now: datetime) -> str:
    because = _explain_rhythm(plan.rhythm, state, now)
    if plan.asked > plan.own:
        wish = f"because {_name_of_wish(state.asks, plan.asked)} asks for {format_span(plan.asked)}"
        because = f"{wish}; on its own every {format_span(plan.own)}, {because}"
    wanted = max(plan.own, plan.asked)
    if plan.wait != wanted:
        because = f"the {'most' if plan.wait < wanted else 'least'} that is allowed, {because}"
    skipped = _describe_skipped(state.asks)
    return f"every {format_span(plan.wait)}, {because}{f'; but not {skipped}' if skipped else ''}"


def _explain_rhythm(rhythm: Rhythm | None, state: SourceState, now: datetime) -> str:
    if rhythm is not None:
        return f"because it posts about {_describe_rate(rhythm)}"
    newest_at = newest_post_at(state.posts)
    if newest_at is None:
        return "because it has shown no rhythm yet"
    return f"because it posted nothing for {format_span(now - newest_at)}"


def _describe_rate(rhythm: Rhythm) -> str:
    counts = ((round(rhythm.entries_per_day * days), unit) for days, unit in _UNITS)
    count, unit = next((found for found in counts if found[0]), (1, "month"))
    rate = f"{count} {'entries' if count > 1 else 'entry'} a {unit}"
    busy = find_busy_hours(rhythm)
    return rate if busy is None else f"{rate}, mostly {busy[0]}–{busy[1]} h UTC"


def _name_of_wish(asks: Asks, asked: timedelta) -> str:
    named = {asks.ttl: "its ttl", asks.period: "its sy:updatePeriod", asks.fresh: "its HTTP caching"}
    return named[asked]


def _describe_skipped(asks: Asks) -> str:
    hours = ", ".join(map(str, asks.skip_hours))
    days = ", ".join(_DAYS[day] for day in asks.skip_days)
    return " and not ".join(filter(None, (hours and f"at {hours} h UTC", days and f"on {days}")))
