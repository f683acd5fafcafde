"""One of several workers tells what a changed configuration would do, and the others follow what it found.

What was found is noted in the store for the change from one configuration to another, and holds for minutes:
the same change a day later may do something else.
"""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from aggregator.config import Config, digest_texts
from aggregator.model.clock_skew import has_elapsed
from aggregator.store import Store, read_note, revise_note, write_note

WEIGHED = "weighed change of the configuration"
"""The note with a change, what was found, who weighs it, and when."""
CLAIMED_FOR = timedelta(minutes=1)
"""Who weighs a change for longer than this may be gone: another one does."""
FOUND_FOR = timedelta(minutes=10)


class ChangeState(Enum):
    """How far a change is."""

    WEIGHED_ELSEWHERE = "weighed elsewhere"
    """Another worker is about to tell."""
    MAY_GO = "may go"
    WAITS = "waits"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeVerdict:
    """How far a change is, and ``why`` it has to wait, where it has."""

    state: ChangeState
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedWeighing:
    """What workers tell each other in the ``store``; ``worker`` tells them apart."""

    store: Store
    worker: str = field(default_factory=lambda: secrets.token_hex(8))

    def ask(self, before: Config | None, after: Config, now: datetime) -> ChangeVerdict | None:
        """Return what another worker found of a change, or that it weighs it; None: we are to weigh it."""
        change = _name_change(before, after)
        held: list[ChangeVerdict] = []

        def claim(text: str | None) -> str:
            found = _read_weighed(text, change, self.worker, now)
            held.extend([found] if found else [])
            return (
                text
                if text and found
                else _write(change, ChangeState.WEIGHED_ELSEWHERE, "", self.worker, now)
            )

        if (known := _read_weighed(read_note(self.store, WEIGHED), change, self.worker, now)) is not None:
            return known
        revise_note(self.store, WEIGHED, claim)
        return held[0] if held else None

    def tell(self, before: Config | None, after: Config, why: str | None, now: datetime) -> None:
        """Tell the others that a change may go, or ``why`` it waits."""
        state = ChangeState.MAY_GO if why is None else ChangeState.WAITS
        write_note(
            self.store, WEIGHED, _write(_name_change(before, after), state, why or "", self.worker, now)
        )


def _name_change(before: Config | None, after: Config) -> str:
    return f"{digest_texts(before.texts) if before else ''} {digest_texts(after.texts)}"


def _write(change: str, state: ChangeState, why: str, worker: str, now: datetime) -> str:
    return json.dumps([change, state.value, why, worker, now.isoformat()])


def _read_weighed(text: str | None, change: str, worker: str, now: datetime) -> ChangeVerdict | None:
    """Return what is noted of a change by another worker, None where nothing is that holds."""
    if not text:
        return None
    noted, state_text, why, by, at = json.loads(text)
    state = ChangeState(state_text)
    holds_for = CLAIMED_FOR if state is ChangeState.WEIGHED_ELSEWHERE else FOUND_FOR
    is_old = has_elapsed(holds_for, since=datetime.fromisoformat(at), now=now)
    return None if noted != change or by == worker or is_old else ChangeVerdict(state=state, why=why)
