"""What an operator is told of: conditions that are on, alerts about them, and what was told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertKind(StrEnum):
    """What can be wrong, with a word for a source, a topic or a part of the service."""

    BROKEN = "broken"
    """A source fails."""
    SILENT = "silent"
    """A source answers, and has shown nothing new for longer than is usual for it."""
    QUARANTINED = "quarantined"
    """New entries of a source wait for a review."""
    MOVED = "moved"
    """A source moved, and waits for the operator's consent."""
    TOPIC_SILENT = "topic_silent"
    """Nothing new came into a topic for longer than is usual for it."""
    DISK = "disk"
    """There is little space left."""
    PUBLISHING = "publishing"
    """What changed is not published."""
    NETWORK = "network"
    """Our own network is down."""
    CLOCK = "clock"
    """This machine's clock is wrong."""
    TEST = "test"
    """Nothing is wrong: `aggregator alerts test`."""


SOURCE_KINDS = frozenset({AlertKind.BROKEN, AlertKind.SILENT, AlertKind.QUARANTINED, AlertKind.MOVED})
"""The kinds whose subjects are ids of sources; of ``TOPIC_SILENT`` they are topics, else parts of a site."""

AlertKey = tuple[AlertKind, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """Something that is wrong now, since a time; ``text`` says what, without addresses or secrets."""

    kind: AlertKind
    subject: str
    since_at: datetime
    text: str

    @property
    def key(self) -> AlertKey:
        """What tells it from other conditions."""
        return self.kind, self.subject


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """What is known of a condition that was on at the last look.

    ``told_at`` None: it is not told yet, as it may pass. ``over_at`` is since when it is off, None: it is on.
    """

    kind: AlertKind
    subject: str
    since_at: datetime
    text: str
    told_at: datetime | None = None
    over_at: datetime | None = None

    @property
    def key(self) -> AlertKey:
        """What tells it from other alerts."""
        return self.kind, self.subject


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertEvent:
    """That something is wrong since a time, or ``is_over``: what is told, numbered from 1; 0: not yet."""

    at: datetime
    kind: AlertKind
    subject: str
    since_at: datetime
    text: str
    is_over: bool
    number: int = 0

    @property
    def key(self) -> AlertKey:
        """What tells it from events about other things."""
        return self.kind, self.subject


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelState:
    """How far a channel was told: the number of the last event, failed tries since, and when it is next.

    ``problem`` is that of the last try, None where it went well. ``is_new``: it is not stored yet.
    """

    channel: str
    told: int
    failures: int = 0
    again_at: datetime | None = None
    problem: str | None = None
    is_new: bool = False
