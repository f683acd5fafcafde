"""The address that is proposed for a source, into the operator's file."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog

from aggregator.config import move_source
from aggregator.errors import AggregatorError
from aggregator.model import Source
from aggregator.store import Store, read_source_state, readdress_source

log = structlog.get_logger()


def accept_move(
    folder: Path, source: Source, store: Store, *, now: datetime, shown: str | None = None
) -> str:
    """Write the address that is proposed for a source into ``sources.yaml``, and return it.

    The store knows it from ``now`` on, so that what belonged to the old address is forgotten where nothing
    runs, and a running service does not ask there again before it reads the file. ``shown`` is the address
    that somebody was shown and accepts, None: whichever is proposed. Raises AggregatorError where none is, or
    another, and ConfigError where the file cannot be edited.
    """
    proposed = read_source_state(store, source.id).proposed_url
    if proposed is None:
        raise AggregatorError(f"nothing is proposed for {source.id!r}: see `aggregator status`")
    if shown is not None and proposed != shown:
        raise AggregatorError(f"another address is proposed for {source.id!r} now: {proposed}")
    move_source(folder, source.id, proposed)
    readdress_source(store, replace(source, url=proposed), now=now)
    log.info("redirect", source=source.id, what="accepted", url=proposed, was=source.url)
    return proposed
