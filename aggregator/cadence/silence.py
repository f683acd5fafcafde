"""From when on a source, or a topic, is silent for longer than is usual for it; pure.

It is compared with itself: with the longest of the gaps between its last posts, of which the newest 64 are
known. Where these are few, more than that may be usual.

usual     twice the longest gap of 16 posts or more, three times that of fewer
bounds    a day at least, 90 days at most
unknown   with fewer than six posts
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from aggregator.cadence.rhythm import QUARTER, Post, newest_post_at

FEWEST = 6
MANY = 16
LEAST = timedelta(days=1)
MOST = timedelta(days=90)


def find_silence(posts: Sequence[Post]) -> datetime | None:
    """Return when who posted so counts as silent, None where too few posts are known."""
    newest_at = newest_post_at(posts)
    if newest_at is None or len(posts) < FEWEST:
        return None
    longest = max(later - earlier for (earlier, _), (later, _) in pairwise(posts)) * QUARTER
    usual = longest * (2 if len(posts) >= MANY else 3)
    return newest_at + min(max(usual, LEAST), MOST)
