"""When feeds were last updated: never before what their files said already, whatever has left them since."""

from collections.abc import Mapping
from datetime import datetime

from aggregator.publish.item import cut_to_second
from aggregator.store import Store, read_feed_updates, save_feed_updates


def settle_feed_updates(
    found: Mapping[str, datetime | None], store: Store, now: datetime
) -> Mapping[str, datetime]:
    """Return when feeds were last updated, and keep it, before files say so: killed then, they say no less.

    ``found`` is what follows from all that they show, None: they show nothing. A feed that never showed
    anything was updated when it was published first.
    """
    known = read_feed_updates(store, found)
    settled = {feed: settle_feed_update(known.get(feed), at, now) for feed, at in found.items()}
    save_feed_updates(store, {feed: at for feed, at in settled.items() if known.get(feed) != at})
    return settled


def settle_feed_update(known: datetime | None, found: datetime | None, now: datetime) -> datetime:
    """Return the later one of what is known and what was found, and ``now`` where neither is there."""
    return cut_to_second(max((at for at in (known, found) if at is not None), default=now))
