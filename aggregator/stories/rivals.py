"""Stories that an article is near besides its own, and that may turn out to be one with it."""

from collections.abc import Container, Iterable, Sequence

from aggregator.stories.comparison import Comparison
from aggregator.stories.merging import NEARLY
from aggregator.stories.open_story import OpenStory
from aggregator.stories.placement import RankedStory
from aggregator.stories.thresholds import Thresholds
from aggregator.stories.vocabulary import DIGITS

LINKED = 5
"""Stories that an article's story is linked with, the nearest to the article."""


def has_rival(
    story: OpenStory, ranked: Iterable[RankedStory], limits: Thresholds, *, has_excerpt: bool
) -> bool:
    """Tell whether one of the stories that are near an article may be one event with its own.

    A story of the article alone has a part of its terms: it shares no more with others than the article does.
    """
    least = 0.0
    if story.size == 1:
        least = NEARLY * limits.get_merging(has_excerpt=has_excerpt)[0] * story.length
    return any(near.cosine >= least and near.story is not story for near in ranked)


def compare_stories(story: OpenStory, ranked: Sequence[RankedStory]) -> Sequence[float]:
    """Return the products of a story's vector with those of others."""
    return Comparison.of(story.packed).measure([near.story.packed for near in ranked])


def list_related(
    story: OpenStory, ranked: Iterable[RankedStory], least: float, stories: Container[str]
) -> tuple[tuple[str, float], ...]:
    """Return the ids of stories with at least that cosine to an article, with the cosine, the nearest first.

    But for its own ``story``, and only those that are still among ``stories``.
    """
    others = [
        near
        for near in ranked
        if near.cosine >= least and near.story is not story and near.story.id in stories
    ]
    others.sort(key=lambda near: (-near.cosine, near.story.founded))
    return tuple((near.story.id, round(near.cosine, DIGITS)) for near in others[:LINKED])
