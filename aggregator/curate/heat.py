"""How much attention an article draws now."""

from datetime import datetime, timedelta

from aggregator.model import PUBLISHED_QUALITY

OUT_OF_PLAY = -1


def heat_of(
    quality: int, *, published_at: datetime, now: datetime, half_life: timedelta, window: timedelta
) -> int:
    """Return quality x 0.5^(age / half_life), rounded; it starts at the quality and halves again and again.

    -1 where the article is not published, or older than the ``window``.
    """
    age = max(now - published_at, timedelta(0))
    if quality < PUBLISHED_QUALITY or age > window:
        return OUT_OF_PLAY
    return round(quality * float(0.5 ** (age / half_life)))
