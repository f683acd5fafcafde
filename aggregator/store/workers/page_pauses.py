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
from aggregator.store.schema import sources
from aggregator.store.schema.page_pauses import page_pauses
from aggregator.store.workers.shards import shard_of
from aggregator.urls.services import service_of_url

_PAUSES = page_pauses.c
_NOW = bindparam("now", type_=_PAUSES.until_at.type)
_FORGET = delete(page_pauses).where(_PAUSES.until_at <= _NOW)


def save_page_pauses(store: Database, pauses: Collection[PagePause], now: datetime) -> None:
    """Keep who is not to be asked, and forget those that may be by ``now``."""
    if pauses:
        with store.writing() as connection:
            connection.execute(_FORGET, {"now": now})
            upsert(connection, page_pauses, [_row(pause) for pause in pauses])


def read_page_pauses(store: Database, shards: Collection[int], now: datetime) -> Sequence[PagePause]:
    """Return who of the services of these shards is not to be asked, also where a poll was told so."""
    is_asked = _PAUSES.shard.in_(shards)
    kept = select(page_pauses).where(is_asked, _PAUSES.until_at > now).order_by(_PAUSES.digest)
    until = func.max(sources.c.paused_until_at, type_=sources.c.paused_until_at.type)
    paused = (
        select(sources.c.service, until.label("until_at"))
        .where(sources.c.shard.in_(shards), sources.c.paused_until_at > now)
        .group_by(sources.c.service)
    )
    with store.reading() as connection:
        pauses = [_make(row) for row in connection.execute(kept).mappings()]
        told = connection.execute(paused).all()
    return [*pauses, *(PagePause(kind=PauseKind.SERVICE, name=row[0], until_at=row[1]) for row in told)]


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
