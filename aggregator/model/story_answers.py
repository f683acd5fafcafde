"""What people say of two articles: whether they tell one story, and how they came to be asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AnswerKind(StrEnum):
    """What somebody says of two articles."""

    SAME = "same"
    """They tell of one event."""
    FOLLOW = "follow"
    """One of them tells what came of the event, or what belongs to it: one story."""
    TOPIC = "topic"
    """They are on one subject, and tell of two events."""
    DIFFERENT = "different"
    """They have nothing to do with each other."""
    SKIP = "skip"
    """It cannot be told, or is not to be decided any more."""


TOGETHER = frozenset({AnswerKind.SAME, AnswerKind.FOLLOW})
"""What keeps two articles in one story."""
APART = frozenset({AnswerKind.TOPIC, AnswerKind.DIFFERENT})
"""What keeps them in two."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryAnswer:
    """What somebody said of two articles; the one whose id is less stands first.

    ``turn`` orders answers among themselves and among the turns of grouping.
    """

    article_id: str
    other_id: str
    kind: AnswerKind
    answered_at: datetime
    answered_by: str
    turn: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryQuestion:
    """Two articles that were drawn to be asked about; the one whose id is less stands first.

    ``topic`` is what they were drawn from, "" the whole site. ``stratum`` is the kind of pairs they were
    drawn from at random, of which ``weight`` pairs stand behind this one. ``is_together``: they were in one
    story then. The two providers are kept because the articles go.
    """

    article_id: str
    other_id: str
    topic: str
    drawn_at: datetime
    stratum: str
    weight: float
    likeness: float
    is_together: bool
    provider: str
    other_provider: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stratum:
    """How many ``pairs`` of a kind there were when questions were drawn."""

    topic: str
    drawn_at: datetime
    name: str
    pairs: float
