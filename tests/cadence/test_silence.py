"""From when on a source is silent for longer than is usual for it."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cadence import find_silence, note_posts
from aggregator.cadence.outcome import note_document, note_success
from aggregator.cadence.plan import Intervals
from aggregator.model import Asks, SourceState

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INTERVALS = Intervals(default=HOUR, minimum=HOUR, maximum=DAY)


def posts(number, gap, *, longest=None):
    """Return posts with gaps up to now, one of which may be longer."""
    times = [NOW - gap * count for count in range(number)]
    if longest:
        times = [at - (longest - gap) * (count >= 2) for count, at in enumerate(times)]
    return note_posts((), times, now=NOW)


@pytest.mark.parametrize(
    ("known", "after"),
    [
        (posts(5, DAY), None),
        (posts(6, DAY), 3 * DAY),
        (posts(16, DAY), 2 * DAY),
        (posts(16, DAY, longest=3 * DAY), 6 * DAY),
        (posts(64, HOUR), DAY),
        (posts(64, HOUR, longest=15 * HOUR), 30 * HOUR),
        (posts(20, 90 * DAY), 90 * DAY),
    ],
)
def test_silence_is_measured_by_the_source_itself(known, after):
    """Twice its longest gap, or three times where few are known, within bounds; unknown with fewer than six."""
    assert find_silence(known) == (None if after is None else NOW + after)


def test_each_post_puts_it_off():
    """It is known with the state of a source, and found out for one that was stored without it."""
    state = SourceState(source_id="daily", posts=posts(16, DAY))
    state = note_success(state, outcome="not_modified", now=NOW, intervals=INTERVALS)
    assert state.silent_at == NOW + 2 * DAY
    later = note_document(state, Asks(), [NOW + DAY], now=NOW + DAY)
    assert later.silent_at == NOW + 3 * DAY
    assert note_document(later, Asks(), [], now=NOW + 2 * DAY).silent_at == NOW + 3 * DAY
