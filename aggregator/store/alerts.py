"""What is wrong with sources and the service, what operators were told of it, and how far each channel is.

Sources are found by indexes that have only those with trouble, or that are silent by now.
"""

__all__ = [
    "find_oldest_mark",
    "forget_channels",
    "read_alerts",
    "read_channels",
    "read_events",
    "read_ill_sources",
    "read_newest_times",
    "read_silent_sources",
    "save_alerts",
    "save_channel",
]

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, tuple_

from aggregator.model.alerts import Alert, AlertEvent, AlertKey, AlertKind, ChannelState
from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import rows_with, upsert
from aggregator.store.marks import MarkKind
from aggregator.store.predicates import IS_POLLED
from aggregator.store.schema import ILL, sources
from aggregator.store.schema.alerts import alert_channels, alert_events, alerts
from aggregator.store.schema.publication import feed_items, marks
from aggregator.store.shown.feed_items import ARTICLES_FOLDER

KEPT_FOR = timedelta(days=90)
"""How long events are kept, but for the last one, which numbers go on from."""
_ILL = (
    "source_id", "outcome", "failures", "error", "failing_since_at", "quarantined_at", "quarantined_because",
    "proposed_url", "polled_at",
)  # fmt: skip
_NEWEST = (
    select(feed_items.c.published_at)
    .where(feed_items.c.feed == bindparam("of_feed"), feed_items.c.is_recent == bindparam("recent"))
    .order_by(feed_items.c.sorted_at.desc(), feed_items.c.published_at.desc(), feed_items.c.item_id)
    .limit(bindparam("most"))
)


def read_ill_sources(store: Database) -> list[Mapping[str, Any]]:
    """Return what is known of the polled sources that fail, are quarantined, or moved."""
    query = select(*(sources.c[name] for name in _ILL)).where(text(f"({ILL})"), IS_POLLED)
    with store.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def read_silent_sources(
    store: Database, now: datetime
) -> list[tuple[str, tuple[tuple[int, int], ...], datetime]]:
    """Return the polled sources that answer and are silent by now: id, posts, and since when.

    Those that were not polled since then may have posted.
    """
    columns = (sources.c.source_id, sources.c.posts, sources.c.silent_at)
    was_polled = sources.c.polled_at >= sources.c.silent_at
    are_silent = (sources.c.silent_at <= now) & sources.c.failing_since_at.is_(None) & was_polled
    with store.reading() as connection:
        rows = connection.execute(select(*columns).where(are_silent, IS_POLLED)).all()
    return [(row[0], row[1], row[2]) for row in rows]


def read_newest_times(
    store: Database, topic_ids: Collection[str], most: int
) -> Mapping[str, tuple[datetime, ...]]:
    """Return by topic when the newest articles in its feed were published, up to ``most``."""
    found: dict[str, tuple[datetime, ...]] = {}
    with store.reading() as connection:
        for topic_id in topic_ids:
            given = {"of_feed": f"{topic_id}{ARTICLES_FOLDER}", "most": most}
            rows = [
                row["published_at"]
                for is_recent in (True, False)
                for row in rows_with(connection, _NEWEST, {**given, "recent": is_recent})
            ]
            found[topic_id] = tuple(sorted(rows, reverse=True)[:most])
    return found


def find_oldest_mark(store: Database, kinds: Collection[MarkKind], now: datetime) -> int | None:
    """Return the id of the oldest mark of these kinds that is due, None where there is none."""
    wanted = (marks.c.kind.in_([kind.value for kind in kinds])) & (marks.c.due_at <= now)
    with store.reading() as connection:
        found: int | None = connection.execute(select(func.min(marks.c.id)).where(wanted)).scalar()
    return found


def read_alerts(store: Database, kinds: Collection[AlertKind] = tuple(AlertKind)) -> dict[AlertKey, Alert]:
    """Return what was wrong at the last look, of these kinds."""
    query = select(alerts).where(alerts.c.kind.in_([kind.value for kind in kinds]))
    with store.reading() as connection:
        found = [_alert_of(row) for row in connection.execute(query.order_by(alerts.c.since_at)).mappings()]
    return {one.key: one for one in found}


def save_alerts(
    store: Database,
    changed: Sequence[Alert],
    removed: Sequence[AlertKey],
    events: Sequence[AlertEvent],
    now: datetime,
) -> None:
    """Keep what a look decided, all or none; old events go."""
    with store.writing() as connection:
        if changed:
            upsert(connection, alerts, [_row_of_alert(one) for one in changed])
        for chunk in chunks([(kind.value, subject) for kind, subject in removed]):
            connection.execute(delete(alerts).where(tuple_(alerts.c.kind, alerts.c.subject).in_(chunk)))
        last = _read_last_number(connection)
        rows = [_row_of_event(one, last + place) for place, one in enumerate(events, 1)]
        if rows:
            connection.execute(insert(alert_events), rows)
        is_old = (alert_events.c.at < now - KEPT_FOR) & (alert_events.c.number < last + len(rows))
        connection.execute(delete(alert_events).where(is_old))


def read_events(store: Database, *, after: int = 0, most: int | None = None) -> tuple[AlertEvent, ...]:
    """Return the events with higher numbers than ``after``, the oldest first; the last ``most`` of them."""
    query = select(alert_events).where(alert_events.c.number > after)
    query = query.order_by(alert_events.c.number.desc()).limit(most)
    with store.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return tuple(AlertEvent(**{**row, "kind": AlertKind(row["kind"])}) for row in reversed(rows))


def read_channels(store: Database, names: Sequence[str]) -> dict[str, ChannelState]:
    """Return how far each of these channels is; one that is new, and to be saved, was told of all before."""
    with store.reading() as connection:
        query = select(alert_channels).where(alert_channels.c.channel.in_(names))
        known = {row["channel"]: ChannelState(**row) for row in connection.execute(query).mappings()}
        last = _read_last_number(connection)
    return {name: known.get(name) or ChannelState(channel=name, told=last, is_new=True) for name in names}


def save_channel(store: Database, state: ChannelState) -> None:
    """Keep how far a channel is."""
    row = {name: getattr(state, name) for name in ("channel", "told", "failures", "again_at", "problem")}
    with store.writing() as connection:
        upsert(connection, alert_channels, [row])


def forget_channels(store: Database, names: Sequence[str]) -> None:
    """Forget all channels but these."""
    are_others = alert_channels.c.channel.not_in(names)
    with store.reading() as connection:
        if connection.execute(select(alert_channels.c.channel).where(are_others)).first() is None:
            return
    with store.writing() as connection:
        connection.execute(delete(alert_channels).where(are_others))


def _read_last_number(connection: Connection) -> int:
    last: int | None = connection.execute(select(func.max(alert_events.c.number))).scalar()
    return last or 0


def _alert_of(row: Mapping[Any, Any]) -> Alert:
    return Alert(**{**row, "kind": AlertKind(row["kind"])})


def _row_of_alert(alert: Alert) -> dict[str, object]:
    names = ("subject", "since_at", "text", "told_at", "over_at")
    return {"kind": alert.kind.value, **{name: getattr(alert, name) for name in names}}


def _row_of_event(event: AlertEvent, number: int) -> dict[str, object]:
    names = ("at", "subject", "since_at", "text", "is_over")
    return {"number": number, "kind": event.kind.value, **{name: getattr(event, name) for name in names}}
