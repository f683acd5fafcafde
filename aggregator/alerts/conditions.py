"""What is wrong with sources, topics and the disk, in words for an operator; pure.

Texts have no addresses, which may hold tokens: messages and their feed may be read by others.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from aggregator.model.alerts import AlertKind, Condition
from aggregator.text import format_minute

FAILURES = 3
"""One or two failures are no trouble yet, however long it is until the next poll."""
MAX_TEXT = 200
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceTrouble:
    """What the store has of a source that something is wrong with."""

    source_id: str
    outcome: str | None
    failures: int
    error: str | None
    failing_since_at: datetime | None
    quarantined_at: datetime | None
    quarantined_because: str | None
    proposed_url: str | None
    polled_at: datetime | None


def describe_troubles(troubles: Iterable[SourceTrouble], now: datetime) -> Iterator[Condition]:
    """Yield what is wrong with these sources."""
    for one in troubles:
        if one.failing_since_at and (one.outcome == "gone" or one.failures >= FAILURES):
            text = clean_text(one.error or "it fails")
            yield Condition(
                kind=AlertKind.BROKEN, subject=one.source_id, since_at=one.failing_since_at, text=text
            )
        if one.quarantined_at:
            yield Condition(
                kind=AlertKind.QUARANTINED,
                subject=one.source_id,
                since_at=one.quarantined_at,
                text=clean_text(f"{one.quarantined_because or 'it changed'}: see `aggregator review`"),
            )
        if one.proposed_url:
            accept = f"see `aggregator status`, and `aggregator sources accept {one.source_id}`"
            yield Condition(
                kind=AlertKind.MOVED, subject=one.source_id, since_at=one.polled_at or now, text=accept
            )


def describe_silence(
    kind: AlertKind, subject: str, newest_at: datetime | None, silent_at: datetime
) -> Condition:
    """Return that nothing new came since ``newest_at``, which is unusual since ``silent_at``."""
    newest = format_minute(newest_at) if newest_at else "long ago"
    answers = "it answers, but " if kind is AlertKind.SILENT else ""
    text = f"{answers}nothing new came since {newest}, which is long for it"
    return Condition(kind=kind, subject=subject, since_at=silent_at, text=text)


def describe_disk(subject: str, free_bytes: int, least_mib: int, now: datetime) -> Condition | None:
    """Return that a disk has less than ``least_mib`` mebibytes left, None where it has more."""
    if free_bytes >= least_mib * _MIB:
        return None
    text = f"{free_bytes // _MIB} MiB are left: free some space, or see `aggregator prune`"
    return Condition(kind=AlertKind.DISK, subject=subject, since_at=now, text=text)


def clean_text(text: str) -> str:
    """Return one line without addresses and control characters, not too long."""
    line = " ".join(_ADDRESS.sub("", text).split()).removeprefix(": ").strip()
    printable = "".join(character for character in line if character.isprintable())
    return printable if len(printable) <= MAX_TEXT else f"{printable[: MAX_TEXT - 1]}…"
