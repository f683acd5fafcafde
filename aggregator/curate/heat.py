"""How much attention an article draws now."""

import math
from datetime import timedelta

from aggregator.model import PUBLISHED_QUALITY

OUT_OF_PLAY = -1
PER_DOUBLING = 5.0
"""Points that an event draws with each doubling of the publishers that tell it in their own words."""
SLOW_H = 12.0
"""Hours between two of them at which it draws half as many points."""


def heat_of(
    quality: int,
    *,
    age: timedelta,
    half_life: timedelta,
    window: timedelta,
    voices: int = 1,
    pace_h: float = 0.0,
) -> int:
    """Return (quality + 5 log2(voices) / (1 + pace_h / 12)) x 0.5^(age / half_life), rounded.

    ``voices`` are the independent publishers of the article's story, ``pace_h`` the mean hours between the
    first articles of two of them. Alone, an article's heat starts at its quality and halves again and again.
    ``age`` counts from when it was published; one that is still to come counts as now. -1 where the article
    is not published, or older than the ``window``.
    """
    age = max(age, timedelta(0))
    if quality < PUBLISHED_QUALITY or age > window:
        return OUT_OF_PLAY
    drawn = PER_DOUBLING * math.log2(max(voices, 1)) / (1 + pace_h / SLOW_H)
    return round((quality + drawn) * float(0.5 ** (age / half_life)))
