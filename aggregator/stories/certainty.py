"""How certain it is that an article belongs to a story that it is like enough to join.

In a dense stream articles are alike for other reasons than one event, which likeness alone does not show:
most of it is owed to a single word, other stories are as near, or a publisher comes back to a subject hours
after it told of the event.
"""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from aggregator.stories.open_story import GroupedArticle
from aggregator.stories.placement import RankedStory
from aggregator.stories.vocabulary import FIRST_PAIR

EVENNESS, ALONE, RETURN, SIZE = 1.5, 0.7, 0.8, 0.2
"""What the logarithm of each weighs beside that of a story's score, but for days, which weigh as they are.

Round numbers near those of logistic regressions on joins that were read (``tests.benchmarks.joins``), but for
``SIZE``: other stories of its happening stand around a large one, and tell nothing against it.
"""
LEAST = 0.55
"""From this certainty on an article joins."""
_DAY_H, _MOST_DAYS = 24, 2


class Join(NamedTuple):
    """What is known of an article and of a story that it may join.

    ``main_share`` is the heaviest shared word's share of what all shared words add to their likeness,
    ``near_share`` the story's share of the scores of all that are near the article, ``return_h`` the hours
    to the nearest of its articles that is of the same publisher, 0 where there is none.
    """

    score: float
    main_share: float
    near_share: float
    return_h: float
    size: int


def rate_certainty(join: Join) -> float:
    """Return how certain it is that the story is the article's own, from 0 on."""
    shares = math.pow(join.main_share, -EVENNESS) * math.pow(join.near_share, ALONE)
    days = min(_MOST_DAYS, join.return_h / _DAY_H)
    return join.score * shares * math.exp(-RETURN * days) * math.pow(join.size, SIZE)


def measure_join(
    member: GroupedArticle, near: RankedStory, shares: Mapping[int, float], ranked: Iterable[RankedStory]
) -> Join:
    """Return what is known of an article and a story near it, one of those ``ranked``.

    ``shares`` has by its key what each term that both have adds to their product.
    """
    own = (abs(one.at_h - member.at_h) for one in near.story.members if one.provider == member.provider)
    return Join(
        score=near.score,
        main_share=_measure_main_share(shares),
        near_share=near.score / sum(one.score for one in ranked),
        return_h=min(own, default=0.0),
        size=near.story.size,
    )


def _measure_main_share(shares: Mapping[int, float]) -> float:
    words = [weight for key, weight in shares.items() if key < FIRST_PAIR]
    return max(words) / sum(words) if words else 1.0
