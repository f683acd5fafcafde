"""What becomes of a source's row when the configuration is read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, select

from aggregator.model import Source
from aggregator.store.due import phase_of
from aggregator.store.fast.driver import upsert
from aggregator.store.rows import ASKED, source_spec
from aggregator.store.schema import sources
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


def configure_sources(
    connection: Connection, configured: Sequence[Source], now: datetime, asked_as: str | None
) -> None:
    """Write the rows of these sources, as ``source_row`` has them."""
    are_these = sources.c.source_id.in_([source.id for source in configured])
    rows = connection.execute(select(sources).where(are_these)).mappings()
    known = {row["source_id"]: row for row in rows}
    fresh = (source_row(source, known.get(source.id), now, asked_as) for source in configured)
    upsert(connection, sources, [row for row in fresh if row is not None])


def source_row(
    source: Source, known: Mapping[Any, Any] | None, now: datetime, asked_as: str | None
) -> dict[str, Any] | None:
    """Return the row of a configured ``source``, None where the one that is ``known`` stays as it is.

    A source that is new, was changed to another address, or is back again is due ``now``, and so is one that
    fails and is going to be asked in another way. ``asked_as`` are the settings it is asked with; None where
    nobody is about to ask.
    """
    row: dict[str, Any] = {
        "source_id": source.id,
        "url": source.url,
        "spec": source_spec(source),
        "is_configured": True,
        "is_enabled": source.enabled,
        "removed_at": None,
        "service": _service(source, known, asked_as),
        "phase": phase_of(source.id),
    }
    before = known["spec"].get(ASKED) if known else None
    asked = before if asked_as is None else _digest(asked_as, source)
    if asked is not None:
        row["spec"][ASKED] = asked
    if known is None:
        return {**_UNPOLLED, **row, "next_poll_at": now}
    same = {**known, **row, "spec": {**row["spec"], "topics": list(source.topics)}}
    if same == dict(known):
        return None
    if known["url"] != source.url:
        return {**same, **_FORGOTTEN, "next_poll_at": now}
    was_polled = known["is_configured"] and known["is_enabled"]
    may_be_mended = bool(known["failures"]) and before not in {None, asked}
    return {**same, "next_poll_at": now} if may_be_mended or not was_polled else same


def _service(source: Source, known: Mapping[Any, Any] | None, asked_as: str | None) -> str:
    # Found anew, by a list that takes long to read, only where the source is new or somebody is about to ask.
    if known is not None and known["url"] == source.url and known["service"] and asked_as is None:
        return str(known["service"])
    return service_of_url(source.url)


def _digest(asked_as: str, source: Source) -> str:
    """Return what differs where a request does: too short to find out a secret header by trying."""
    told = repr((asked_as, sorted(source.headers.items())))
    return blake2b(told.encode("utf-8", "replace"), digest_size=4).hexdigest()
