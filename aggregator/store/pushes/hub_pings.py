"""What hubs are told of our feeds: asked for by what writes their files, until a hub took it."""

__all__ = ["PAUSE", "change_pings", "find_due_pings", "read_pings"]

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select

from aggregator.model import HubPing
from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.pushes.push_schema import hub_pings

PAUSE = timedelta(seconds=15)
"""Between two pings of one feed, at the least: what changes meanwhile is told in one."""


def ask_for_pings(
    connection: Connection, feeds: Collection[str], hubs: Collection[str], *, now: datetime
) -> None:
    """Have these hubs, and no others, told that feeds changed, in the transaction that keeps the change.

    A hub that did not take the last ping is told when it is asked again.
    """
    for chunk in chunks(sorted(feeds)):
        query = select(hub_pings).where(hub_pings.c.feed.in_(chunk))
        rows = connection.execute(query).mappings().all()
        known = {(row["feed"], row["hub_url"]): HubPing(**row) for row in rows}
        wanted = [_ask(known.get((feed, hub)), feed, hub, now) for feed in chunk for hub in hubs]
        upsert(connection, hub_pings, [asdict(ping) for ping in wanted])
        if any(hub not in hubs for _, hub in known):
            others = hub_pings.c.hub_url.not_in(list(hubs))
            connection.execute(delete(hub_pings).where(hub_pings.c.feed.in_(chunk), others))


def _ask(known: HubPing | None, feed: str, hub: str, now: datetime) -> HubPing:
    if known is None:
        return HubPing(feed=feed, hub_url=hub, changed_at=now, due_at=now)
    due_at = known.due_at
    if due_at is None:
        due_at = now if known.pinged_at is None else max(now, known.pinged_at + PAUSE)
    return replace(known, changed_at=now, due_at=due_at)


def forget_pings_of_topics(connection: Connection, topic_ids: Iterable[str]) -> None:
    """Forget what hubs are told of topics that are gone."""
    for chunk in chunks(sorted(topic_ids)):
        theirs = [hub_pings.c.feed.startswith(f"{topic_id}/", autoescape=True) for topic_id in chunk]
        connection.execute(delete(hub_pings).where(or_(*theirs)))


def find_due_pings(store: Database, now: datetime, limit: int) -> tuple[HubPing, ...]:
    """Return what hubs are to be told by now, what is due longest first."""
    due = select(hub_pings).where(hub_pings.c.due_at <= now)
    order = hub_pings.c.due_at, hub_pings.c.feed, hub_pings.c.hub_url
    with store.reading() as connection:
        rows = connection.execute(due.order_by(*order).limit(limit)).mappings()
        return tuple(HubPing(**row) for row in rows)


def read_pings(store: Database) -> tuple[HubPing, ...]:
    """Return what is known of all feeds and hubs, by feed."""
    with store.reading() as connection:
        rows = connection.execute(select(hub_pings).order_by(hub_pings.c.feed)).mappings()
        return tuple(HubPing(**row) for row in rows)


def change_pings(
    store: Database, pings: Iterable[HubPing], change: Callable[[HubPing, HubPing], HubPing | None]
) -> None:
    """Store what ``change`` makes of each of these as it is by now and as it was; None forgets it."""
    with store.writing() as connection:
        for ping in pings:
            is_it = (hub_pings.c.feed == ping.feed) & (hub_pings.c.hub_url == ping.hub_url)
            row = connection.execute(select(hub_pings).where(is_it)).mappings().first()
            changed = change(HubPing(**row), ping) if row else None
            if changed is not None:
                upsert(connection, hub_pings, [asdict(changed)])
            elif row:
                connection.execute(delete(hub_pings).where(is_it))
