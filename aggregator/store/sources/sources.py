"""Sources: which are configured, how their polls went, and what becomes of those that are removed."""

__all__ = [
    "count_sources_to_forget",
    "forget_removed_sources",
    "read_former_sources",
    "read_remembered_sources",
    "read_source_state",
    "read_source_states",
    "read_states_of",
    "readdress_source",
    "retire_source",
    "sync_sources",
]

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, exists, select, update

from aggregator.errors import StoreError
from aggregator.model import Source, SourceState
from aggregator.store.articles.removals import remove_some_of_source
from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import rows_with, upsert
from aggregator.store.fast.prepared_in import prepare_in
from aggregator.store.rows import ASKED, STATE, make_source_spec, read_source_row, read_state_row
from aggregator.store.schema import articles, sightings, sources
from aggregator.store.sources.due_sources import compute_phase
from aggregator.store.workers.shards import shard_of
from aggregator.urls.services import service_of_url

_COUNTED = {
    "failures": 0, "throttles": 0, "redirect_sightings": 0, "unread_polls": 0, "has_frozen_validators": False,
}  # fmt: skip
_UNPOLLED: dict[str, Any] = {column.name: None for column in sources.c} | _COUNTED | {"joined": 0}
# Validators, failures, redirects and what a publisher asks for; quarantined articles came from there, too.
_OF_ADDRESS = (
    "etag", "last_modified", "validators_url", "body_hash", "redirect_url", "redirect_since_at", "error",
    "asks", "paused_until_at", "redirect_proved_at", "proposed_url", "proposed_why",
    "failing_since_at", "told_at", "examined_at", "full_bytes", "whole_at", "quarantined_at",
    "quarantined_because", "hub_url", "topic_url", "push_until_at",
)  # fmt: skip
_FORGOTTEN: dict[str, Any] = dict.fromkeys(_OF_ADDRESS) | _COUNTED
_OF_CONFIGURATION = (
    "source_id", "url", "spec", "is_configured", "is_enabled", "removed_at", "service", "phase", "shard",
)  # fmt: skip
_READ_CONFIGURED = select(*(sources.c[name] for name in _OF_CONFIGURATION))
_REMEMBERED = ("source_id", "url", "spec", "is_enabled")
_READ_REMEMBERED = select(*(sources.c[name] for name in _REMEMBERED))
_READ_ALL_STATES = select(*(sources.c[name] for name in STATE))
_READ_FORMER = _READ_REMEMBERED.where(sources.c.is_configured.is_(False))
_READ_STATES = prepare_in(
    sources.c.source_id, lambda are_wanted: select(*(sources.c[name] for name in STATE)).where(are_wanted)
)


def sync_sources(
    store: Database, configured: Sequence[Source], *, now: datetime, asked_as: str | None = None
) -> None:
    """Remember the configured sources; new, changed and re-enabled ones are due ``now``.

    So are those that fail and were asked last with other settings than ``asked_as``, or other headers;
    None where nobody is about to ask. Those that are no longer configured are kept, but never due. Where all
    is known nothing is written.
    """
    with store.reading() as connection:
        known = {row["source_id"]: row for row in rows_with(connection, _READ_CONFIGURED, {})}
    ids = {source.id for source in configured}
    gone = sorted(
        row["source_id"] for row in known.values() if row["is_configured"] and row["source_id"] not in ids
    )
    changed = [source for source in configured if not _is_known(source, known.get(source.id), asked_as)]
    if not gone and not changed:
        return
    with store.writing() as connection:
        for chunk in chunks(gone):
            are_these = sources.c.source_id.in_(chunk)
            connection.execute(update(sources).where(are_these).values(is_configured=False))
        for some in chunks(changed):
            _write_sources(connection, some, now, asked_as)


def read_source_states(store: Database) -> Mapping[str, SourceState]:
    """Return the state of every source that was ever configured, by id."""
    with store.reading() as connection:
        rows = rows_with(connection, _READ_ALL_STATES, {})
        return {row["source_id"]: read_state_row(row) for row in rows}


def read_source_state(store: Database, source_id: str) -> SourceState:
    """Return the state of one source; raises StoreError where it was never configured."""
    (state,) = read_states_of(store, [source_id])
    if isinstance(state, StoreError):
        raise state
    return state


def read_states_of(store: Database, source_ids: Sequence[str]) -> tuple[SourceState | StoreError, ...]:
    """Return the states of these sources, in order; a StoreError where one was never configured."""
    with store.reading() as connection:
        states = read_states(connection, source_ids)
    return tuple(states.get(source_id) or describe_unknown_source(source_id) for source_id in source_ids)


def read_states(connection: Connection, source_ids: Sequence[str]) -> dict[str, SourceState]:
    """Return the states of those of these sources that were ever configured, by id."""
    found: dict[str, SourceState] = {}
    for query, parameters in _READ_STATES(source_ids):
        for row in rows_with(connection, query, parameters):
            state = read_state_row(row)
            found[state.source_id] = state
    return found


def describe_unknown_source(source_id: str) -> StoreError:
    """Return the error of asking for a source that was never configured."""
    return StoreError(f"no source {source_id!r} is known: see `aggregator sources list`")


def read_remembered_sources(store: Database) -> Mapping[str, Source]:
    """Return every source that was ever configured, by id, without headers."""
    with store.reading() as connection:
        rows = rows_with(connection, _READ_REMEMBERED, {})
        return {row["source_id"]: read_source_row(row) for row in rows}


def read_former_sources(store: Database) -> Mapping[str, Source]:
    """Return every source that was configured once and is no longer, by id, without headers."""
    with store.reading() as connection:
        return {row["source_id"]: read_source_row(row) for row in rows_with(connection, _READ_FORMER, {})}


def readdress_source(store: Database, source: Source, *, now: datetime) -> None:
    """Remember a source at another address, forget what belonged to the old one, and have it due ``now``."""
    with store.writing() as connection:
        _write_sources(connection, [source], now, None)


def retire_source(store: Database, source_id: str, *, with_articles: bool) -> int:
    """Stop polling a source; ``with_articles`` also forgets what only it carries. Returns how many.

    That takes a transaction for every few hundred articles: what is left after a kill ages out.
    """
    with store.writing() as connection:
        is_it = sources.c.source_id == source_id
        connection.execute(update(sources).where(is_it).values(is_configured=False))
    removed, is_all = 0, not with_articles
    while not is_all:
        with store.writing() as connection:
            is_all, went = remove_some_of_source(connection, source_id)
        removed += went
    return removed


def forget_removed_sources(store: Database, before: datetime, *, now: datetime) -> int:
    """Delete sources that were removed before a time, with all that they ever showed; return how many.

    The time counts from when this function first found them removed. Those that a stored article is from
    are kept.
    """
    with store.writing() as connection:
        _note_removed(connection, now)
    with store.reading() as connection:
        gone = _find_sources_to_forget(connection, before)
    for source_id in gone:
        is_all = False
        while not is_all:
            with store.writing() as connection:
                is_all = _forget_some(connection, source_id)
    return len(gone)


def count_sources_to_forget(store: Database, before: datetime) -> int:
    """Return how many sources ``forget_removed_sources`` would delete, if no article goes before."""
    with store.reading() as connection:
        return len(_find_sources_to_forget(connection, before))


def _note_removed(connection: Connection, now: datetime) -> None:
    is_noted = sources.c.removed_at.is_not(None)
    gone = update(sources).where(sources.c.is_configured.is_(False), ~is_noted)
    connection.execute(gone.values(removed_at=now))


def _find_sources_to_forget(connection: Connection, before: datetime) -> list[str]:
    carried = (
        select(sightings.c.article_id)
        .join(articles, articles.c.id == sightings.c.article_id)
        .where(sightings.c.source_id == sources.c.source_id)
    )
    query = select(sources.c.source_id).where(
        sources.c.is_configured.is_(False), sources.c.removed_at < before,
        ~exists().where(articles.c.source_id == sources.c.source_id), ~carried.exists(),
    )  # fmt: skip
    return list(connection.execute(query).scalars())


def _forget_some(connection: Connection, source_id: str) -> bool:
    """Delete some of a source; tell whether nothing is left to delete, or it is configured again."""
    is_gone = (sources.c.source_id == source_id) & sources.c.is_configured.is_(False)
    if connection.execute(select(sources.c.source_id).where(is_gone)).first() is None:
        return True
    return remove_some_of_source(connection, source_id)[0]


def _write_sources(
    connection: Connection, configured: Sequence[Source], now: datetime, asked_as: str | None
) -> None:
    """Write the rows of these sources, as ``_make_row`` has them."""
    are_these = sources.c.source_id.in_([source.id for source in configured])
    rows = connection.execute(select(sources).where(are_these)).mappings()
    known = {row["source_id"]: row for row in rows}
    fresh = (_make_row(source, known.get(source.id), now, asked_as) for source in configured)
    upsert(connection, sources, [row for row in fresh if row is not None])


def _is_known(source: Source, known: Mapping[Any, Any] | None, asked_as: str | None) -> bool:
    """Tell whether all that the configuration says of a source is in the columns that are ``known``."""
    return known is not None and _make_columns(source, known, asked_as) == known


def _make_columns(source: Source, known: Mapping[Any, Any] | None, asked_as: str | None) -> dict[str, Any]:
    """Return what the configuration says of a source, as the columns that it alone decides on."""
    spec = {**make_source_spec(source), "topics": list(source.topics)}
    before = known["spec"].get(ASKED) if known else None
    asked = before if asked_as is None else _digest_request(asked_as, source)
    service = _find_service(source, known, asked_as)
    return {
        "source_id": source.id,
        "url": source.url,
        "spec": spec if asked is None else {**spec, ASKED: asked},
        "is_configured": True,
        "is_enabled": source.enabled,
        "removed_at": None,
        "service": service,
        "phase": compute_phase(source.id),
        "shard": shard_of(service),
    }


def _make_row(
    source: Source, known: Mapping[Any, Any] | None, now: datetime, asked_as: str | None
) -> dict[str, Any] | None:
    """Return the row of a configured ``source``, None where the one that is ``known`` stays as it is.

    A source that is new, was changed to another address, or is back again is due ``now``, and so is one that
    fails and is going to be asked in another way. ``asked_as`` are the settings it is asked with; None where
    nobody is about to ask.
    """
    row = _make_columns(source, known, asked_as)
    if known is None:
        return {**_UNPOLLED, **row, "next_poll_at": now}
    same = {**known, **row}
    if same == dict(known):
        return None
    before, asked = known["spec"].get(ASKED), row["spec"].get(ASKED)
    if known["url"] != source.url:
        return {**same, **_FORGOTTEN, "next_poll_at": now}
    was_polled = known["is_configured"] and known["is_enabled"]
    may_be_mended = bool(known["failures"]) and before not in {None, asked}
    return {**same, "next_poll_at": now} if may_be_mended or not was_polled else same


def _find_service(source: Source, known: Mapping[Any, Any] | None, asked_as: str | None) -> str:
    # Found anew, by a list that takes long to read, only where the source is new or somebody is about to ask.
    if known is not None and known["url"] == source.url and known["service"] and asked_as is None:
        return str(known["service"])
    return service_of_url(source.url)


def _digest_request(asked_as: str, source: Source) -> str:
    """Return what differs where a request does: too short to find out a secret header by trying."""
    request = repr((asked_as, sorted(source.headers.items())))
    return blake2b(request.encode("utf-8", "replace"), digest_size=4).hexdigest()
