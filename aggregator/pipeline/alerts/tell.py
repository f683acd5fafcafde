"""Telling each channel what it was not told yet: one message, tried again ever later where it fails.

What is sent is noted after it was: a service that is killed in between sends it once more.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from aggregator.model.alerts import AlertEvent, ChannelState
from aggregator.pipeline.alerts.channels import make_channels, send_messages
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
    untold = {one.name: read_events(store, after=states[one.name].told) for one in channels}
    due = [one for one in channels if untold[one.name] and _is_due(states[one.name], now())]
    problems = send_messages(
        [(one, untold[one.name]) for one in due], rules.site_title, now(), site_url=rules.site.base_url
    )
    for channel, problem in zip(due, problems, strict=True):
        states[channel.name] = _note_sent(states[channel.name], untold[channel.name], problem, now())
        save_channel(store, states[channel.name])
    return not any(untold[name] and state.problem for name, state in states.items())


def _is_due(state: ChannelState, now: datetime) -> bool:
    return state.again_at is None or state.again_at <= now


def _note_sent(
    state: ChannelState, events: Sequence[AlertEvent], problem: str | None, now: datetime
) -> ChannelState:
    """Return how far a channel is after a message of these events; logged where that is news."""
    if problem is None:
        log.info("alerts", channel=state.channel, told=len(events))
        return ChannelState(channel=state.channel, told=events[-1].number)
    wait = min(AGAIN * 2 ** min(state.failures, 10), AGAIN_AT_MOST)
    if problem != state.problem:
        log.warning("alerts", channel=state.channel, error=problem, again_in_s=round(wait.total_seconds()))
    return replace(state, failures=state.failures + 1, again_at=now + wait, problem=problem)
