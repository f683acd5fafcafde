"""Whether two stories are one event, which an article that is near both may show."""

import math
from collections.abc import Iterable, Sequence

from aggregator.stories.comparison import Comparison
from aggregator.stories.open_story import OpenStory
from aggregator.stories.placement import RankedStory
from aggregator.stories.places import are_elsewhere
from aggregator.stories.thresholds import Thresholds

_NEARLY = 1 - 1e-9
"""Leaves room for what rounding does to two ways of reckoning the same."""


def has_rival(
    story: OpenStory, ranked: Iterable[RankedStory], limits: Thresholds, *, has_excerpt: bool
) -> bool:
    """Tell whether one of the stories that are near an article may be one event with its own.

    A story of the article alone has a part of its terms: it shares no more with others than the article does.
    """
    least = 0.0
    if story.size == 1:
        least = _NEARLY * limits.get_merging(has_excerpt=has_excerpt)[0] * story.length
    return any(near.cosine >= least and near.story is not story for near in ranked)


def compare_stories(story: OpenStory, ranked: Sequence[RankedStory]) -> Sequence[float]:
    """Return the products of a story's vector with those of others."""
    return Comparison.of(story.packed).measure([near.story.packed for near in ranked]).values


def are_one_event(
    a: OpenStory, b: OpenStory, product: float, limits: Thresholds, *, has_excerpt: bool
) -> bool:
    """Tell whether two stories are one event; ``product`` is that of their vectors."""
    least, spread = limits.get_merging(has_excerpt=has_excerpt)
    apart = limits.get_cohesion(a.size + b.size, has_excerpt=has_excerpt)
    # Most are not alike enough even where trust and time take nothing away.
    if product < least * _NEARLY * a.length * b.length or product < apart * a.size * b.size:
        return False
    gap_h = max(0.0, a.first_h - b.last_h, b.first_h - a.last_h)
    if gap_h > limits.window_h:
        return False
    together = math.sqrt(a.length**2 + b.length**2 + 2 * product) / (a.size + b.size)
    trust = math.pow(min(a.cohesion, b.cohesion, together), spread)
    if are_elsewhere(a.countries, b.countries):
        trust *= limits.elsewhere
    return limits.fade(gap_h) * trust * product / (a.length * b.length) >= least
