"""Subscriptions at hubs, and pushes that wait to be read.

Who serves puts pushes there, who polls takes them.
"""

__all__ = [
    "WaitingPush",
    "add_subscriptions",
    "change_subscription",
    "doubt_pushes",
    "find_due_subscriptions",
    "find_subscription",
    "find_unsubscribed_sources",
    "find_unwanted_subscriptions",
    "finish_push",
    "forget_subscription",
    "forget_subscriptions",
    "put_push",
    "read_subscriptions",
    "save_push",
    "take_pushes",
]

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, select, update

from aggregator.model import Announcement, Article, Changes, Push, SourceState, Subscription
from aggregator.store.database import Database
from aggregator.store.fast.driver import upsert
from aggregator.store.predicates import IS_POLLED
from aggregator.store.pushes.push_schema import pushes, subscriptions
from aggregator.store.schema import sources
from aggregator.store.sources.polls import Decide, write_poll
from aggregator.store.sources.sources import describe_unknown_source, read_states

_FIELDS = tuple(f.name for f in fields(Subscription))
MAX_WAITING = 10
"""Bodies that wait of one subscription."""
MAX_WAITING_BYTES = 64 * 1024 * 1024
"""Bodies that wait of all."""
MAX_TRIES = 3
"""A body that so often was begun and never finished ended the process, and is not tried again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingPush:
    """A push that waits, under the key that ``finish_push`` takes."""

    push: Push
    digest: str


def find_subscription(store: Database, token: str) -> Subscription | None:
    """Return the subscription of a callback, None where there is none."""
    with store.reading() as connection:
        return _read_subscription(connection, token)


def read_subscriptions(store: Database, source_id: str) -> tuple[Subscription, ...]:
    """Return the subscriptions of a source, the wanted one first."""
    of_source = select(subscriptions).where(subscriptions.c.source_id == source_id)
    with store.reading() as connection:
        rows = connection.execute(of_source.order_by(subscriptions.c.is_wanted.desc())).mappings()
        return tuple(_subscription_of(row) for row in rows)


def find_due_subscriptions(store: Database, now: datetime, limit: int) -> tuple[Subscription, ...]:
    """Return the subscriptions about which something is to be done, the longest due first."""
    due = select(subscriptions).where(subscriptions.c.next_at <= now)
    with store.reading() as connection:
        rows = connection.execute(due.order_by(subscriptions.c.next_at).limit(limit)).mappings()
        return tuple(_subscription_of(row) for row in rows)


def find_unsubscribed_sources(store: Database, base_url: str, limit: int) -> Mapping[str, Announcement]:
    """Return what those polled sources announce that have no subscription to it under ``base_url``, by id."""
    query = select(sources.c.source_id, sources.c.hub_url, sources.c.topic_url).where(
        sources.c.hub_url.is_not(None), IS_POLLED,
        ~exists().where(subscriptions.c.source_id == sources.c.source_id, _matches_source(base_url)),
    )  # fmt: skip
    with store.reading() as connection:
        rows = connection.execute(query.order_by(sources.c.source_id).limit(limit)).all()
    return {row[0]: Announcement(hub_url=row[1], topic_url=row[2]) for row in rows}


def find_unwanted_subscriptions(store: Database, base_url: str, limit: int) -> tuple[str, ...]:
    """Return the tokens of wanted subscriptions whose source is gone or now announces something else."""
    is_announced = and_(
        sources.c.source_id == subscriptions.c.source_id, IS_POLLED, _matches_source(base_url)
    )  # fmt: skip
    query = select(subscriptions.c.token).where(subscriptions.c.is_wanted, ~exists().where(is_announced))
    with store.reading() as connection:
        return tuple(connection.execute(query.order_by(subscriptions.c.token).limit(limit)).scalars())


def add_subscriptions(store: Database, added: Sequence[Subscription]) -> None:
    """Keep new subscriptions."""
    if added:
        with store.writing() as connection:
            connection.execute(insert(subscriptions), [_subscription_row(one) for one in added])


def change_subscription(
    store: Database, token: str, change: Callable[[Subscription], Subscription | None]
) -> Subscription | None:
    """Change one subscription, read and written in one transaction; return it as changed.

    None where there is none, or where ``change`` gives None: then nothing changes. What is believed about
    the pushes of its source follows.
    """
    with store.writing() as connection:
        before = _read_subscription(connection, token)
        after = change(before) if before else None
        if before is None or after is None:
            return None
        connection.execute(
            update(subscriptions).where(subscriptions.c.token == token).values(**_subscription_row(after))
        )
        if before.expires_at != after.expires_at or before.pushed_at != after.pushed_at:
            _note_push_until(connection, before, after)
        return after


def forget_subscription(store: Database, token: str) -> None:
    """Remove a subscription, with what it was sent and nobody has read."""
    with store.writing() as connection:
        connection.execute(delete(pushes).where(pushes.c.token == token))
        connection.execute(delete(subscriptions).where(subscriptions.c.token == token))


def forget_subscriptions(store: Database) -> int:
    """Remove all subscriptions, where pushes cannot reach us any more; return how many."""
    with store.reading() as connection:
        if connection.execute(select(subscriptions.c.token).limit(1)).first() is None:
            return 0
    with store.writing() as connection:
        connection.execute(delete(pushes))
        believed = update(sources).where(sources.c.push_until_at.is_not(None))
        connection.execute(believed.values(push_until_at=None))
        return connection.execute(delete(subscriptions)).rowcount


def doubt_pushes(store: Database, source_id: str) -> None:
    """Forget that pushes of a source are expected, until the next one comes."""
    with store.writing() as connection:
        of_source = update(sources).where(sources.c.source_id == source_id)
        connection.execute(of_source.values(push_until_at=None))


def _note_push_until(connection: Connection, before: Subscription, after: Subscription) -> None:
    """Let polling know until when pushes come: from a push on, and longer where the lease is renewed."""
    of_source = sources.c.source_id == after.source_id
    if before.pushed_at == after.pushed_at and after.expires_at is not None:
        of_source &= sources.c.push_until_at.is_not(None)
    connection.execute(update(sources).where(of_source).values(push_until_at=after.expires_at))


def _matches_source(base_url: str) -> ColumnElement[bool]:
    """Tell in SQL whether a subscription is what its source announces, wanted, and reaches us."""
    return and_(
        subscriptions.c.is_wanted,
        subscriptions.c.hub_url == sources.c.hub_url,
        subscriptions.c.topic_url == sources.c.topic_url,
        subscriptions.c.callback_url.startswith(f"{base_url}/", autoescape=True),
    )


def _read_subscription(connection: Connection, token: str) -> Subscription | None:
    row = connection.execute(select(subscriptions).where(subscriptions.c.token == token)).mappings().first()
    return None if row is None else _subscription_of(row)


def _subscription_of(row: Mapping[Any, Any]) -> Subscription:
    return Subscription(**{name: row[name] for name in _FIELDS})


def _subscription_row(subscription: Subscription) -> dict[str, Any]:
    return {name: getattr(subscription, name) for name in _FIELDS}


def put_push(store: Database, push: Push) -> bool:
    """Keep a push until it is read; the same body twice is one. False where there is no room for its body.

    Then only that there is something new is kept, which takes none.
    """
    with store.writing() as connection:
        size = len(push.body or b"")
        has_room = _has_room(connection, push.token, size)
        kept = push if has_room else replace(push, body=None, content_type=None)
        row = {
            "token": kept.token,
            "digest": hashlib.sha256(kept.body).hexdigest() if kept.body is not None else "",
            "received_at": kept.received_at,
            "content_type": kept.content_type,
            "body": kept.body,
            "size_bytes": len(kept.body or b""),
            "tries": 0,
        }
        upsert(connection, pushes, [row], keep=("received_at",))
        return has_room


def take_pushes(store: Database, limit: int) -> tuple[WaitingPush, ...]:
    """Return pushes that wait, the oldest first, and count the try; they stay until they are finished."""
    with store.reading() as connection:
        if connection.execute(select(pushes.c.token).limit(1)).first() is None:
            return ()
    with store.writing() as connection:
        connection.execute(delete(pushes).where(pushes.c.tries >= MAX_TRIES))
        query = select(pushes).order_by(pushes.c.received_at, pushes.c.token).limit(limit)
        rows = connection.execute(query).mappings().all()
        for row in rows:
            connection.execute(
                update(pushes).where(*_is_push(row["token"], row["digest"])).values(tries=row["tries"] + 1)
            )
    return tuple(
        WaitingPush(
            push=Push(
                token=row["token"], received_at=row["received_at"], body=row["body"],
                content_type=row["content_type"],
            ),
            digest=row["digest"],
        )
        for row in rows
    )  # fmt: skip


def finish_push(store: Database, waiting: WaitingPush) -> None:
    """Remove a push that was read; one that came again since it was taken stays, to be read as well."""
    was_taken = pushes.c.tries > 0
    with store.writing() as connection:
        connection.execute(delete(pushes).where(*_is_push(waiting.push.token, waiting.digest), was_taken))


def save_push(
    store: Database, source_id: str, pushed: Sequence[Article], decide: Callable[[SourceState], Decide]
) -> Changes:
    """Store the articles of a push as those of a poll are, whole or not at all.

    ``decide`` gets the state as it is by now, whatever poll is under way. Raises StoreError where the source
    is not known.
    """
    with store.writing() as connection:
        state = read_states(connection, [source_id]).get(source_id)
        if state is None:
            raise describe_unknown_source(source_id)
        return write_poll(connection, state, pushed, decide(state))


def _has_room(connection: Connection, token: str, size: int) -> bool:
    waiting, taken = connection.execute(
        select(func.count().filter(pushes.c.token == token), func.coalesce(func.sum(pushes.c.size_bytes), 0))
    ).one()
    return int(waiting) < MAX_WAITING and int(taken) + size <= MAX_WAITING_BYTES


def _is_push(token: str, digest: str) -> tuple[ColumnElement[bool], ...]:
    return pushes.c.token == token, pushes.c.digest == digest
