"""Which articles of different publishers are about one event: a pure core over an index in memory.

What reads words is imported by its own name, as it brings those of many languages.
"""

from aggregator.stories.thresholds import Thresholds

__all__ = ["Thresholds"]
