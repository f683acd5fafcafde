"""Which conditions are told now: those that last, once, and once more when they are over a while; pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.model.alerts import Alert, AlertEvent, AlertKey, AlertKind, Condition

_NOTHING = timedelta(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long something has to be wrong before it is told, and well again before that is told."""

    wrong: timedelta = _NOTHING
    well: timedelta = _NOTHING


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertDecision:
    """What a look changes: alerts that are new or changed, keys of those that go, and what is told."""

    alerts: tuple[Alert, ...] = ()
    removed: tuple[AlertKey, ...] = ()
    events: tuple[AlertEvent, ...] = ()


def make_patience(wait: timedelta) -> Mapping[AlertKind, Patience]:
    """Return how patient to be with each kind, where sources have to fail for ``wait``."""
    moment = timedelta(minutes=5)
    return {
        AlertKind.BROKEN: Patience(wrong=wait, well=wait / 2),
        AlertKind.SILENT: Patience(),
        AlertKind.QUARANTINED: Patience(),
        AlertKind.MOVED: Patience(),
        AlertKind.TOPIC_SILENT: Patience(),
        AlertKind.DISK: Patience(well=2 * moment),
        AlertKind.PUBLISHING: Patience(wrong=moment, well=moment),
        AlertKind.CLOCK: Patience(wrong=moment / 2, well=moment / 2),
        AlertKind.NETWORK: Patience(wrong=moment / 2, well=moment / 2),
        AlertKind.TEST: Patience(),
    }


def find_due_time(alert: Alert, patience: Mapping[AlertKind, Patience]) -> datetime | None:
    """Return from when on an alert is told, unless it is over by then; None where it was told."""
    return None if alert.told_at is not None else alert.since_at + patience[alert.kind].wrong


def decide_alerts(
    conditions: Iterable[Condition],
    kept: Mapping[AlertKey, Alert],
    *,
    patience: Mapping[AlertKind, Patience],
    known: Collection[AlertKey] | None = None,
    now: datetime,
) -> AlertDecision:
    """Decide what the conditions that are on ``now`` mean for the alerts that were ``kept``.

    ``kept`` are of the same kinds as are looked for. Those that are not among ``known`` go without a word, as
    nobody asks for their source or topic any more; None for all.
    """
    now_on = {one.key: one for one in conditions}
    after = [_note_on(one, kept.get(key), patience[one.kind], now) for key, one in now_on.items()]
    gone = {key for key in kept if known is not None and key not in known and key not in now_on}
    off = [_note_off(alert, now) for key, alert in kept.items() if key not in now_on and key not in gone]
    over = [one for one in off if _is_over(one, patience[one.kind], now)]
    removed = gone | {one.key for one in over}
    kept_on = [one for one in (*after, *off) if one.key not in removed]
    told = {key for key, one in kept.items() if one.told_at is not None}
    begun = [one for one in after if one.told_at is not None and one.key not in told]
    return AlertDecision(
        alerts=tuple(one for one in kept_on if one != kept.get(one.key)),
        removed=tuple(sorted(removed)),
        events=(
            *(_make_event(one, now, is_over=False) for one in begun),
            *(_make_event(one, now, is_over=True) for one in over if one.told_at is not None),
        ),
    )


def _note_on(condition: Condition, before: Alert | None, patience: Patience, now: datetime) -> Alert:
    alert = before or Alert(
        kind=condition.kind, subject=condition.subject, since_at=condition.since_at, text=condition.text
    )
    alert = replace(alert, text=condition.text, over_at=None)
    is_due = alert.told_at is None and now - alert.since_at >= patience.wrong
    return replace(alert, told_at=now) if is_due else alert


def _note_off(alert: Alert, now: datetime) -> Alert:
    return alert if alert.over_at is not None else replace(alert, over_at=now)


def _is_over(alert: Alert, patience: Patience, now: datetime) -> bool:
    """Tell whether an alert that is off goes: what was never told goes at once."""
    return alert.told_at is None or (alert.over_at is not None and now - alert.over_at >= patience.well)


def _make_event(alert: Alert, now: datetime, *, is_over: bool) -> AlertEvent:
    return AlertEvent(
        at=now, kind=alert.kind, subject=alert.subject, since_at=alert.since_at, text=alert.text,
        is_over=is_over,
    )  # fmt: skip
