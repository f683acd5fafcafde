"""Pushes that wait to be read: put there by whoever serves, taken by whoever polls. Bounded."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from aggregator.model import Article, Changes, Push, SourceState
from aggregator.store.fast.driver import upsert
from aggregator.store.poll import Resolve, read_states, save_poll, unknown_source
from aggregator.store.pushes import pushes
from aggregator.store.schema import sources
from aggregator.store.store import Store

MAX_WAITING = 10
"""Bodies that wait of one subscription."""
MAX_WAITING_BYTES = 64 * 1024 * 1024
"""Bodies that wait of all."""
MAX_TRIES = 3
"""A body that so often was begun and never finished ended the process, and is not tried again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A push that waits, under the key that ``finish_push`` takes."""

    push: Push
    digest: str


def put_push(store: Store, push: Push) -> bool:
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


def take_pushes(store: Store, limit: int) -> tuple[Waiting, ...]:
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
                update(pushes).where(*_is(row["token"], row["digest"])).values(tries=row["tries"] + 1)
            )
    return tuple(
        Waiting(
            push=Push(
                token=row["token"], received_at=row["received_at"], body=row["body"],
                content_type=row["content_type"],
            ),
            digest=row["digest"],
        )
        for row in rows
    )  # fmt: skip


def finish_push(store: Store, waiting: Waiting) -> None:
    """Remove a push that was read; one that came again since it was taken stays, to be read as well."""
    was_taken = pushes.c.tries > 0
    with store.writing() as connection:
        connection.execute(delete(pushes).where(*_is(waiting.push.token, waiting.digest), was_taken))


def save_push(
    store: Store, source_id: str, pushed: Sequence[Article], decide: Callable[[SourceState], Resolve]
) -> Changes:
    """Store the articles of a push as those of a poll are, whole or not at all.

    ``decide`` gets the state as it is by now, whatever poll is under way. Raises StoreError where the source
    is not known.
    """
    with store.writing() as connection:
        state = read_states(connection, [source_id]).get(source_id)
        if state is None:
            raise unknown_source(source_id)
        return save_poll(connection, state, pushed, decide(state))


def poll_by(store: Store, source_id: str, at: datetime) -> None:
    """Let a source be polled at ``at`` where it would be later; one in trouble is left to its own time."""
    is_it = (sources.c.source_id == source_id) & (sources.c.next_poll_at > at)
    is_well = sources.c.outcome.in_(("updated", "not_modified"))
    with store.writing() as connection:
        connection.execute(update(sources).where(is_it, is_well).values(next_poll_at=at))


def _has_room(connection: Connection, token: str, size: int) -> bool:
    waiting, taken = connection.execute(
        select(func.count().filter(pushes.c.token == token), func.coalesce(func.sum(pushes.c.size_bytes), 0))
    ).one()
    return int(waiting) < MAX_WAITING and int(taken) + size <= MAX_WAITING_BYTES


def _is(token: str, digest: str) -> tuple[ColumnElement[bool], ...]:
    return pushes.c.token == token, pushes.c.digest == digest
