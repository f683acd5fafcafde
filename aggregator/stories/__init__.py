"""Which articles of different publishers are about one event: a pure core over an index in memory."""

from aggregator.stories.coverage import Coverage, cover, related_to
from aggregator.stories.dense import dense_of
from aggregator.stories.grouper import Grouper, horizon_h, hours_of
from aggregator.stories.live import Live, Told
from aggregator.stories.measure import Agreement, agreement
from aggregator.stories.opinion import Opinion, text_of
from aggregator.stories.placed import Newcomer, Placed
from aggregator.stories.rarity import Counted
from aggregator.stories.thresholds import Thresholds

__all__ = [
    "Agreement",
    "Counted",
    "Coverage",
    "Grouper",
    "Live",
    "Newcomer",
    "Opinion",
    "Placed",
    "Thresholds",
    "Told",
    "agreement",
    "cover",
    "dense_of",
    "horizon_h",
    "hours_of",
    "related_to",
    "text_of",
]
