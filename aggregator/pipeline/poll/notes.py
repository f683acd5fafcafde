"""What a poll leaves noted of its source: its cost, validators and moves, and what the operator is told."""

from collections.abc import Iterator
from datetime import datetime

import structlog

from aggregator.cadence import (
    count_poll,
    describe_move,
    health_of,
    note_answer,
    note_freshness,
    note_redirect,
)
from aggregator.model import Changes, Fetched, Known, SourceState

SHOWN_JOINED = 5
"""Entries that were taken for an article that the log of a poll shows."""
log = structlog.get_logger()


def tell_changes(before: SourceState, after: SourceState) -> None:
    """Log what a poll changed about where its source has moved to, and about how it stands: once."""
    if before.told_at is None and after.told_at is not None:
        log.error("source", source=after.source_id, standing=health_of(after), error=after.error,
                  advice=f"aggregator sources doctor {after.source_id}")  # fmt: skip
    elif before.told_at is not None and after.told_at is None:
        log.info("source", source=after.source_id, standing="well")
    told = describe_move(before, after)
    if told is not None:
        event = log.warning if told[0] == "proposed" else log.info
        event("redirect", source=after.source_id, what=told[0], url=told[1])


def tell_joined(source_id: str, changes: Changes) -> None:
    """Log which entries were taken for an article that is known by another id and address."""
    if changes.joined:
        shown = [
            f"{one.title} ({one.url}) is {one.article_id} ({one.article_url}): {one.because}"
            for one in changes.joined[:SHOWN_JOINED]
        ]
        log.info("joined", source=source_id, entries=len(changes.joined), shown=shown)


def note_answered(state: SourceState, fetched: Fetched, now: datetime) -> SourceState:
    """Return ``state`` with what the answer's head says."""
    is_same = fetched.status == 304
    noted = note_redirect(note_answer(state, fetched, now=now), fetched.permanent_url, now=now)
    return note_freshness(note_cost(noted, fetched, now), fetched.headers, is_same=is_same)


def note_cost(state: SourceState, fetched: Fetched | None, now: datetime) -> SourceState:
    """Return ``state`` with what the poll cost; without an answer one request in vain."""
    if fetched is None:
        return count_poll(state, now=now)
    return count_poll(
        state,
        now=now,
        requests=1 + len(fetched.redirects),
        received_bytes=fetched.wire_bytes,
        is_not_modified=fetched.status == 304,
    )


def new_times(changes: Changes, known: Known, now: datetime) -> Iterator[datetime]:
    """Yield when the entries that the source did not carry before were published, ``now`` if unstated."""
    carried = {sighting.article_id for sighting in known.sightings}
    return (s.stated_at or now for s in changes.sightings if s.article_id not in carried)
