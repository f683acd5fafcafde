"""What an operator should know of a source that is not well, in a sentence; pure."""

from collections.abc import Mapping
from datetime import datetime

from aggregator.model import Source, SourceState
from aggregator.text import format_time
from aggregator.urls.services import service_of_url

Pauses = Mapping[str, tuple[datetime, str]]
"""Until when services are paused, and the source that was answered 429."""


def describe_trouble(source: Source, state: SourceState, pauses: Pauses) -> str | None:
    """Return what an operator should know of a source that is not well, None where all is."""
    proposed = _describe_move(state) if state.proposed_url else None
    return (
        proposed
        or state.error
        or _describe_quarantine(state)
        or _describe_pause(source, pauses)
        or _describe_move(state)
    )


def _describe_pause(source: Source, pauses: Pauses) -> str | None:
    # Where nothing is paused, which is the rule, nobody waits for the list of domains.
    until_at, by = pauses.get(service_of_url(source.url), (None, "")) if pauses else (None, "")
    return (
        f"paused until {format_time(until_at)}: {by} was answered 429"
        if until_at and by != source.id
        else None
    )


def _describe_quarantine(state: SourceState) -> str | None:
    return (
        state.quarantined_because
        and f"new entries are quarantined: {state.quarantined_because}: see `aggregator review`"
    )


def _describe_move(state: SourceState) -> str | None:
    if state.proposed_url is not None:
        return f"moved to {state.proposed_url}: `aggregator sources accept {state.source_id}` says so"
    if state.redirect_url is None:
        return None
    proof = "is the same feed" if state.redirect_proved_at else "was not seen to be the same feed yet"
    return f"redirected permanently to {state.redirect_url}, which {proof}; proposed after two days of it"
