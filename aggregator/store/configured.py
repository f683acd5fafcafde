"""What becomes of a source's row when the configuration is read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aggregator.model import Source
from aggregator.services import service_of_url
from aggregator.store.due import phase_of
from aggregator.store.rows import source_spec
from aggregator.store.schema import sources

_COUNTED = {
    "failures": 0, "throttles": 0, "redirect_sightings": 0, "unread_polls": 0, "has_frozen_validators": False,
}  # fmt: skip
_UNPOLLED: dict[str, Any] = {column.name: None for column in sources.c} | _COUNTED | {"joined": 0}
# Validators, failures, redirects and what a publisher asks for; what was held did come from there, too.
_OF_ADDRESS = (
    "etag", "last_modified", "validators_url", "body_hash", "redirect_url", "redirect_since_at", "error",
    "asks", "held_until_at", "redirect_proved_at", "proposed_url", "proposed_why",
    "failing_since_at", "told_at", "examined_at", "full_bytes", "whole_at", "held_at", "held_because",
    "hub_url", "topic_url", "push_until_at",
)  # fmt: skip
_FORGOTTEN: dict[str, Any] = dict.fromkeys(_OF_ADDRESS) | _COUNTED


def source_row(source: Source, known: Mapping[Any, Any] | None, now: datetime) -> dict[str, Any] | None:
    """Return the row of a configured ``source``, None where the one that is ``known`` stays as it is.

    A source that is new, was changed to another address, or is back again is due ``now``.
    """
    row: dict[str, Any] = {
        "source_id": source.id,
        "url": source.url,
        "spec": source_spec(source),
        "is_configured": True,
        "is_enabled": source.enabled,
        "removed_at": None,
        "service": service_of_url(source.url),
        "phase": phase_of(source.id),
    }
    if known is None:
        return {**_UNPOLLED, **row, "next_poll_at": now}
    same = {**known, **row, "spec": {**row["spec"], "topics": list(source.topics)}}
    if same == dict(known):
        return None
    if known["url"] != source.url:
        return {**same, **_FORGOTTEN, "next_poll_at": now}
    was_polled = known["is_configured"] and known["is_enabled"]
    return same if was_polled else {**same, "next_poll_at": now}
