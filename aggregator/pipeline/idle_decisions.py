"""What is told of a decision that changes nothing: why, and whether anything is expected of it still."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from aggregator.model.decisions import Decision
from aggregator.rules import Rules
from aggregator.store import Store, find_known_names
from aggregator.text import format_count


class Excuse(Enum):
    """Why nothing is expected of a decision any more, as it is said of one and of several."""

    ENDED = ("has ended", "have ended")
    OUTDONE = ("is outdone by a later one", "are outdone by later ones")
    REMOVED = ("is on an article that is not kept any more", "are on articles that are not kept any more")
    NEEDLESS = ("says what is so by itself", "say what is so by itself")
    WAITING = ("waits for what may come", "wait for what may come")

    def describe(self, count: int) -> str:
        """Return what is said of so many."""
        return format_count(count, *self.value)


OVER = frozenset({Excuse.ENDED, Excuse.OUTDONE})
"""Why a decision counts no more although what it is on is there."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Why a decision changes nothing; ``excuse`` None: it should, so an editor is to look at it.

    ``since`` is when it ended, or when what outdoes it was decided; None: neither, or by more than one.
    """

    why: str
    excuse: Excuse | None = None
    since: datetime | None = None

    @classmethod
    def make_ended(cls, decision: Decision) -> "Idle":
        """Return what is told of a decision that has ended by itself."""
        ends = [at for at in (decision.until, decision.held_until) if at is not None]
        return cls("it has ended", Excuse.ENDED, min(ends, default=None))


@dataclass(frozen=True, kw_only=True, slots=True)
class IdleDecision:
    """A ``decision`` that changes nothing, and why."""

    decision: Decision
    idle: Idle


def find_forgotten(names: Collection[str], store: Store) -> frozenset[str]:
    """Return those of the names of articles that are not stored which were known once."""
    return find_known_names(store, names) if names else frozenset()


def is_outlived(decision: Decision, rules: Rules, now: datetime) -> bool:
    """Tell whether a decision is older than what is kept of articles: what it was about is gone anyway."""
    return now - decision.at > timedelta(days=rules.publishing.retention_days)
