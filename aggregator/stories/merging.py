"""What keeps two stories from being one event: one judgement for grouping, and for who tells of it.

Without arrays, as whoever only shows stories needs no numpy.
"""

import math
from enum import Enum, auto
from typing import Protocol

from aggregator.stories.places import Countries, are_elsewhere
from aggregator.stories.thresholds import Thresholds

NEARLY = 1 - 1e-9
"""Leaves room for what rounding does to two ways of reckoning the same."""


class Side(Protocol):
    """One of two stories that are compared: what ``OpenStory`` knows of itself."""

    @property
    def size(self) -> int:
        """Return how many articles it has."""

    @property
    def length(self) -> float:
        """Return the length of the sum of their vectors."""

    @property
    def cohesion(self) -> float:
        """Return how alike they are, 0 to 1."""

    @property
    def first_h(self) -> float:
        """Return when the first was published, in hours since 1970."""

    @property
    def last_h(self) -> float:
        """Return when the last was published."""

    @property
    def has_excerpt(self) -> bool:
        """Tell whether it began with an excerpt."""

    @property
    def countries(self) -> Countries:
        """Return the countries that they are mainly about."""


class Obstacle(Enum):
    """What keeps two stories apart."""

    LIKENESS = auto()
    """They are not alike enough, whatever else holds of them."""
    COHESION = auto()
    """The articles of one are not alike enough to those of the other on average."""
    TIME = auto()
    """Too much time lies between them."""
    TRUST = auto()
    """Too little is left of their likeness by time, cohesion and countries."""


def find_obstacle(
    a: Side, b: Side, product: float, limits: Thresholds, *, has_excerpt: bool
) -> Obstacle | None:
    """Return what keeps two stories apart, None: nothing does; ``product`` is that of their vectors."""
    least, _ = get_merging(a, b, limits, has_excerpt=has_excerpt)
    apart = limits.get_cohesion(a.size + b.size, has_excerpt=has_excerpt)
    # Most are not alike enough even where trust and time take nothing away.
    if product < least * NEARLY * a.length * b.length:
        return Obstacle.LIKENESS
    if product < apart * a.size * b.size:
        return Obstacle.COHESION
    if measure_gap_h(a, b) > limits.window_h:
        return Obstacle.TIME
    left = leave_likeness(a, b, product, limits, has_excerpt=has_excerpt)
    return Obstacle.TRUST if left < least else None


def get_merging(a: Side, b: Side, limits: Thresholds, *, has_excerpt: bool) -> tuple[float, float]:
    """Return what two stories need to be one, likeness and its spread, where such an article is near both."""
    return limits.get_merging(has_excerpt=has_excerpt, with_excerpt=a.has_excerpt + b.has_excerpt)


def measure_gap_h(a: Side, b: Side) -> float:
    """Return the hours between two stories."""
    return max(0.0, a.first_h - b.last_h, b.first_h - a.last_h)


def measure_cohesion(a: Side, b: Side, product: float) -> float:
    """Return the cohesion that counts for two stories: the least of theirs and of both together."""
    together = math.sqrt(a.length**2 + b.length**2 + 2 * product) / (a.size + b.size)
    return min(a.cohesion, b.cohesion, together)


def leave_likeness(a: Side, b: Side, product: float, limits: Thresholds, *, has_excerpt: bool) -> float:
    """Return what is left of the likeness of two stories by time, cohesion and countries."""
    _, spread = get_merging(a, b, limits, has_excerpt=has_excerpt)
    trust = math.pow(measure_cohesion(a, b, product), spread)
    if are_elsewhere(a.countries, b.countries):
        trust *= limits.elsewhere
    return limits.fade(measure_gap_h(a, b)) * trust * product / (a.length * b.length)
