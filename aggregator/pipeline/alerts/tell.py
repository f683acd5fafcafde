"""Telling each channel what it was not told yet: one message, tried again ever later where it fails.

What is sent is noted after it was: a service that is killed in between sends it once more.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from aggregator.alerts import AlertChannel
from aggregator.model.alerts import AlertEvent, ChannelState
from aggregator.pipeline.alerts.channels import make_channels, send_message
from aggregator.rules import Rules
from aggregator.store import Store, forget_channels, read_channels, read_events, save_channel

AGAIN = timedelta(minutes=1)
"""After this a channel that failed is tried again, after twice as long the next time, and so on."""
AGAIN_AT_MOST = timedelta(hours=1)

log = structlog.get_logger()


def meet_channels(*, rules: Rules, store: Store) -> None:
    """Note new channels before anything is decided: they are told of what comes from now on."""
    names = [one.name for one in make_channels(rules.alerts)]
    for state in read_channels(store, names).values():
        if state.is_new:
            save_channel(store, state)
    forget_channels(store, names)


def tell_channels(*, rules: Rules, store: Store, now: Callable[[], datetime]) -> bool:
    """Send each channel what it was not told yet, where it is due; tell whether all were told all.

    Raises StoreError, but nothing of what sending comes to.
    """
    channels = make_channels(rules.alerts)
    states = read_channels(store, [one.name for one in channels])
    is_all = True
    for channel in channels:
        state = states[channel.name]
        events = read_events(store, after=state.told)
        if events and (state.again_at is None or state.again_at <= now()):
            state = _tell(channel, state, events, rules.site_title, now())
            save_channel(store, state)
        is_all = is_all and not (events and state.problem)
    return is_all


def _tell(
    channel: AlertChannel, state: ChannelState, events: Sequence[AlertEvent], site: str, now: datetime
) -> ChannelState:
    problem = send_message(channel, events, site, now)
    if problem is None:
        log.info("alerts", channel=channel.name, told=len(events))
        return ChannelState(channel=channel.name, told=events[-1].number)
    wait = min(AGAIN * 2 ** min(state.failures, 10), AGAIN_AT_MOST)
    if problem != state.problem:
        log.warning("alerts", channel=channel.name, error=problem, again_in_s=round(wait.total_seconds()))
    return replace(state, failures=state.failures + 1, again_at=now + wait, problem=problem)
