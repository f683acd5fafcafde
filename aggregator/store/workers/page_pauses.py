"""Who is not to be asked for a page until when: one worker after another asks a publisher, and must know."""

__all__ = ["read_page_pauses", "save_page_pauses"]

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select

from aggregator.model.page_pauses import PagePause, PauseKind
from aggregator.store.database import Database
from aggregator.store.fast.driver import upsert
from aggregator.store.fast.prepared_in import prepare_in, rows_among, select_among
from aggregator.store.schema import sources
from aggregator.store.schema.page_pauses import page_pauses
from aggregator.store.workers.shards import shard_of
from aggregator.urls.services import service_of_url

_PAUSES = page_pauses.c
_NOW = bindparam("now", type_=_PAUSES.until_at.type)
_FORGET = delete(page_pauses).where(_PAUSES.until_at <= _NOW)
_KEPT = select_among(page_pauses, _PAUSES.shard, _PAUSES.until_at > _NOW)
_TOLD = prepare_in(
    sources.c.shard,
    lambda is_asked: (
        select(
            sources.c.service,
            func.max(sources.c.paused_until_at, type_=sources.c.paused_until_at.type).label("until_at"),
        )
        .where(is_asked, sources.c.paused_until_at > _NOW)
        .group_by(sources.c.service)
    ),
)


def save_page_pauses(store: Database, pauses: Collection[PagePause], now: datetime) -> None:
    """Keep who is not to be asked, and forget those that may be by ``now``."""
    if pauses:
        with store.writing() as connection:
            connection.execute(_FORGET, {"now": now})
            upsert(connection, page_pauses, [_row(pause) for pause in pauses])


def read_page_pauses(store: Database, shards: Collection[int], now: datetime) -> Sequence[PagePause]:
    """Return who of the services of these shards is not to be asked, also where a poll was told so."""
    with store.reading() as connection:
        kept = list(rows_among(connection, _KEPT, shards, now=now))
        told = list(rows_among(connection, _TOLD, shards, now=now))
    services = (
        PagePause(kind=PauseKind.SERVICE, name=row["service"], until_at=row["until_at"]) for row in told
    )
    return [*map(_make, kept), *services]


def _row(pause: PagePause) -> Mapping[str, Any]:
    service = pause.name if pause.kind is PauseKind.SERVICE else service_of_url(pause.name)
    digest = hashlib.blake2b(f"{pause.kind.value} {pause.name}".encode("utf-8", "replace"), digest_size=16)
    return {
        "digest": digest.hexdigest(),
        "kind": pause.kind.value,
        "name": pause.name,
        "shard": shard_of(service),
        "until_at": pause.until_at,
    }


def _make(row: Mapping[Any, Any]) -> PagePause:
    return PagePause(kind=PauseKind(row["kind"]), name=row["name"], until_at=row["until_at"])
