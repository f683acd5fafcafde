"""What a channel was not told yet, as one message; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.alerts import AlertEvent, AlertKey, AlertKind
from aggregator.text import format_minute

MOST_NAMED = 20
"""Subjects of a kind that a message names; of the others it says how many there are."""
_SOURCE, _TOPIC = ("source", "sources"), ("topic", "topics")
_WORDS: Mapping[AlertKind, tuple[tuple[str, str] | None, str, str]] = {
    AlertKind.TEST: (None, "alerts come through", "alerts came through"),
    AlertKind.NETWORK: (None, "our own network is down", "our own network is back"),
    AlertKind.CLOCK: (None, "our own clock is wrong", "our own clock is right again"),
    AlertKind.DISK: (None, "a disk is nearly full", "a disk has space again"),
    AlertKind.PUBLISHING: (None, "publishing is behind", "publishing keeps up again"),
    AlertKind.BROKEN: (_SOURCE, "broke", "recovered"),
    AlertKind.QUARANTINED: (_SOURCE, "quarantined", "let out of quarantine"),
    AlertKind.MOVED: (_SOURCE, "moved", "settled after a move"),
    AlertKind.SILENT: (_SOURCE, "fell silent", "posting again"),
    AlertKind.TOPIC_SILENT: (_TOPIC, "fell silent", "with news again"),
}
"""What stands before a number of subjects, and what is said of them when it begins and when it is over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message: a line, its text, and what it tells; ``id`` is the same however often it is sent.

    ``site_url`` is where readers reach the site that it is about.
    """

    id: str
    title: str
    text: str
    events: tuple[AlertEvent, ...]
    at: datetime
    site_url: str


def make_message(events: Sequence[AlertEvent], site: str, now: datetime, *, site_url: str) -> Message:
    """Return one message of many events, oldest first; what began and is over is told as over."""
    told = drop_begun(events)
    groups = [
        (kind, is_over, [one for one in told if one.kind is kind and one.is_over == is_over])
        for kind in _WORDS
        for is_over in (False, True)
    ]
    parts = [(describe_group(kind, len(some), is_over=over), some) for kind, over, some in groups if some]
    blocks = ["\n".join([f"{_capitalise(heading)}:", *_list_subjects(some)]) for heading, some in parts]
    return Message(
        id=f"alerts-{events[0].number}-{events[-1].number}-{events[-1].at.timestamp():.0f}",
        title=f"{site}: {', '.join(heading for heading, _ in parts)}",
        text="\n\n".join([*blocks, f"What is on now: `aggregator alerts`, for {site_url}"]),
        events=told,
        at=now,
        site_url=site_url,
    )


def drop_begun(events: Sequence[AlertEvent]) -> tuple[AlertEvent, ...]:
    """Return the last event about each thing, in their order."""
    last: dict[AlertKey, AlertEvent] = {one.key: one for one in events}
    return tuple(one for one in events if last[one.key] is one)


def describe_group(kind: AlertKind, count: int, *, is_over: bool) -> str:
    """Return what is said of so many subjects, such as ``3 sources broke``."""
    noun, begun, over = _WORDS[kind]
    said = over if is_over else begun
    return said if noun is None else f"{count} {noun[0] if count == 1 else noun[1]} {said}"


def describe_event(event: AlertEvent) -> str:
    """Return what an event says, in a line."""
    noun, begun, over = _WORDS[event.kind]
    said = over if event.is_over else begun
    return _capitalise(said if noun is None else f"{noun[0]} {event.subject} {said}")


def describe_span(event: AlertEvent) -> str:
    """Return since when it is so, or how long it lasted until it was over."""
    if not event.is_over:
        return f"since {format_minute(event.since_at)}"
    minutes = max(event.at - event.since_at, timedelta(0)) // timedelta(minutes=1)
    if minutes < 120:
        return f"after {minutes} min"
    return f"after {minutes // 60} h" if minutes < 48 * 60 else f"after {minutes // 1440} days"


def _capitalise(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _list_subjects(events: Sequence[AlertEvent]) -> list[str]:
    """Return a line for each subject, but one for all of those of which the same is said."""
    alike: dict[str, list[AlertEvent]] = {}
    for one in events[:MOST_NAMED]:
        alike.setdefault("" if one.is_over else one.text, []).append(one)
    lines = [line for said, some in alike.items() for line in _list_alike(said, some)]
    left = len(events) - MOST_NAMED
    return [*lines, f"- and {left} more"] if left > 0 else lines


def _list_alike(said: str, events: Sequence[AlertEvent]) -> list[str]:
    if said and len(events) > 1:
        first = min(events, key=lambda one: one.since_at)
        names = ", ".join(one.subject for one in events)
        return [f"- {names} (the first {describe_span(first)}): {said}"]
    return [f"- {one.subject} ({describe_span(one)}){f': {said}' if said else ''}" for one in events]
