"""Which articles of different publishers are about one event: a pure core over an index in memory."""

from aggregator.stories.coverage import Coverage, cover, related_to
from aggregator.stories.grouper import Grouper, Newcomer, Placed, horizon_h, hours_of
from aggregator.stories.live import Live, Told
from aggregator.stories.measure import Agreement, agreement
from aggregator.stories.rarity import Counted
from aggregator.stories.thresholds import Thresholds

__all__ = [
    "Agreement",
    "Counted",
    "Coverage",
    "Grouper",
    "Live",
    "Newcomer",
    "Placed",
    "Thresholds",
    "Told",
    "agreement",
    "cover",
    "horizon_h",
    "hours_of",
    "related_to",
]
