"""The address that is proposed for a source, into the operator's file."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog

from aggregator.cadence import may_be_proved
from aggregator.config import move_source
from aggregator.errors import AggregatorError
from aggregator.model import Source, SourceState
from aggregator.store import Store, read_source_state, readdress_source

log = structlog.get_logger()


def accept_move(
    folder: Path, source: Source, store: Store, *,
    now: datetime, shown: str | None = None, is_early: bool = False,
) -> str:  # fmt: skip
    """Write the address that is proposed for a source into ``sources.yaml``, and return it.

    The store knows it from ``now`` on, so that what belonged to the old address is forgotten where nothing
    runs, and a running service does not ask there again before it reads the file. ``shown`` is the address
    that somebody was shown and accepts, None: whichever is proposed. ``is_early`` takes one that is not yet
    proposed as well: where the source redirects for good, once a poll saw the same feed there. Raises
    AggregatorError where none is, or another, and ConfigError where the file cannot be edited.
    """
    state = read_source_state(store, source.id)
    proved = state.redirect_url if state.redirect_proved_at else None
    proposed = state.proposed_url or (proved if is_early else None)
    if proposed is None:
        raise AggregatorError(_explain_none(source, state))
    if shown is not None and proposed != shown:
        raise AggregatorError(f"another address is proposed for {source.id!r} now: {proposed}")
    move_source(folder, source.id, proposed)
    readdress_source(store, replace(source, url=proposed), now=now)
    log.info("redirect", source=source.id, what="accepted", url=proposed, was=source.url)
    return proposed


def advise_on_redirect(source_id: str, url: str, state: SourceState) -> str:
    """Return how a source that redirects permanently to ``url`` is moved there, by what polls saw of that."""
    poll, accept = f"`aggregator poll --source {source_id}`", f"`aggregator sources accept {source_id}"
    if state.proposed_url == url:
        return f"it is proposed: {accept}` writes it"
    if state.redirect_url != url:
        return (
            f"it is proposed once polls saw it for two days; after {poll}, called twice as a first answer "
            f"may be that nothing changed, {accept} --now` writes it at once"
        )
    if state.redirect_proved_at is not None:
        return f"a poll saw the same feed there, proposed after two days; {accept} --now` writes it at once"
    if may_be_proved(state):
        return (
            f"no poll saw the same feed there yet: {poll} asks for the whole document to compare it; "
            f"where it is the same, {accept} --now` writes it then"
        )
    return (
        f"{state.redirect_sightings} polls in a row saw no feed there that is the same; where it is, write "
        "that address into sources.yaml"
    )


def _explain_none(source: Source, state: SourceState) -> str:
    none = f"nothing is proposed for {source.id!r}"
    if state.redirect_url is None:
        return f"{none}: see `aggregator status`"
    advice = advise_on_redirect(source.id, state.redirect_url, state)
    return f"{none}, though it redirects permanently to {state.redirect_url}: {advice}"
