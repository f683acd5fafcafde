"""Telling a hub that a feed of ours changed; pure.

The specification leaves it to hubs. All take the form of PubSubHubbub 0.4, section 7, some as ``hub.topic``.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.model import HubPing

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)


def ping_fields(address: str) -> dict[str, str]:
    """Return the form that tells a hub that the feed at ``address`` changed."""
    return {"hub.mode": "publish", "hub.url": address, "hub.topic": address}


def note_pinged(ping: HubPing, sent: HubPing, *, pause: timedelta, now: datetime) -> HubPing:
    """Return it once the hub took what was ``sent``; what changed meanwhile is told after a pause."""
    due_at = now + pause if ping.changed_at > sent.changed_at else None
    return replace(ping, due_at=due_at, pinged_at=now, failures=0, error=None)


def note_unpinged(ping: HubPing, _: HubPing, *, reason: str, now: datetime) -> HubPing:
    """Return it after the hub did not take it: it is told again after a while that doubles."""
    wait = min(FIRST_RETRY * 2 ** min(ping.failures, 10), LONGEST_RETRY)
    return replace(ping, due_at=now + wait, failures=ping.failures + 1, error=reason)
