"""How far an article is trusted to belong to a story that it is like, as it arrives and later."""

import math
from collections.abc import Mapping

from aggregator.stories.comparison import Comparison
from aggregator.stories.kinds import has_kind
from aggregator.stories.merging import find_obstacle
from aggregator.stories.open_story import GroupedArticle, OpenStory
from aggregator.stories.placement import RankedStory
from aggregator.stories.places import are_elsewhere
from aggregator.stories.thresholds import LATE, LATE_COHESION, LATE_OWN, MOST_WORDS, Thresholds
from aggregator.stories.vector import leave_main_idea


def rate_trust(
    story: OpenStory, member: GroupedArticle, words: int, limits: Thresholds, pace: float
) -> float:
    """Return as how many times its cosine to an article a story counts; they share so many ``words``.

    ``pace`` is that of the stream. Time counts from the middle of the story: one that is fed on and on would
    come from its event to the next on its subject, of which each article is near the last one.
    """
    own = limits.own if story.provider == member.provider else 1.0
    if are_elsewhere(member.countries, story.countries):
        own *= limits.elsewhere
    spread = limits.spread
    if story.has_excerpt:
        spread = limits.spread_excerpt
        own *= limits.weigh_breadth(words)
    return own * limits.fade(abs(member.at_h - story.middle_h), pace) * math.pow(story.cohesion, spread)


def shares_ideas(
    shares: Mapping[int, float], near: RankedStory, limits: Thresholds, *, has_excerpt: bool
) -> bool:
    """Tell whether an article shares enough with a story near it besides a name that both have.

    Where they are not alike by far, an office is of the name of who has it. ``shares`` has by its key what
    each shared term adds to their product.
    """
    least = limits.get_ideas(near.score, has_excerpt=has_excerpt)
    return leave_main_idea(shares, 1 if least < limits.ideas else 2) >= least * near.story.length


def are_one(a: OpenStory, b: OpenStory, product: float, limits: Thresholds, *, has_excerpt: bool) -> bool:
    """Tell whether two stories that an article is near tell of one event; ``product`` is their vectors'.

    A title alone shares little with either. Where only that brings them together, and one of them says more,
    what they share with each other has to be more than a name, too.
    """
    if find_obstacle(a, b, product, limits, has_excerpt=has_excerpt) is not None:
        return False
    if has_excerpt or not (a.has_excerpt or b.has_excerpt):
        return True
    compared = Comparison.of(a.packed)
    shares = compared.list_shares(compared.find_overlaps([b.packed]).terms[0])
    return leave_main_idea(shares) >= limits.ideas * a.length * b.length


def joins_late(a: OpenStory, b: OpenStory, product: float, limits: Thresholds, pace: float) -> bool:
    """Tell whether one of two stories is an article on its own that belongs to the other by now.

    What has come since may tell of it in more words than what had come before it. It has to be plain news;
    more is asked than of an article that arrives, and of the story that it is of one piece. ``product`` is
    that of their vectors, ``pace`` that of the stream.
    """
    small, large = (a, b) if a.size < b.size else (b, a)
    only = small.members[0]
    if small.size > 1 or large.size == 1 or large.cohesion < LATE_COHESION or has_kind(only.series):
        return False
    least, cosine = limits.get_joining(has_excerpt=True), product / (small.length * large.length)
    # Most are not alike enough whatever else holds of them.
    if cosine * limits.weigh_breadth(MOST_WORDS) < LATE * least or large.gap_h(only.at_h) > limits.window_h:
        return False
    if product < limits.get_cohesion(large.size + 1, has_excerpt=True) * large.size:
        return False
    compared = Comparison.of(small.packed)
    overlaps = compared.find_overlaps([large.packed])
    left = leave_main_idea(compared.list_shares(overlaps.terms[0]))
    is_own = any(member.provider == only.provider for member in large.members)
    score = cosine * rate_trust(large, only, overlaps.words[0], limits, pace)
    return (
        score >= (LATE_OWN if is_own else LATE) * least and left >= limits.ideas * small.length * large.length
    )
