"""Which articles of different publishers are about one event: a pure core over an index in memory.

What reads words is imported by its own name, as it brings those of many languages.
"""

from aggregator.stories.agreement import Agreement, agreement
from aggregator.stories.dense import dense_of
from aggregator.stories.second_opinion import Opinion, text_of
from aggregator.stories.thresholds import Thresholds

__all__ = [
    "Agreement",
    "Opinion",
    "Thresholds",
    "agreement",
    "dense_of",
    "text_of",
]
