"""The simulation in short: some hundred sources for some seconds, and what it makes of what workers noted."""

import pytest

from tests.scale.simulation import compare_visits, simulate
from tests.scale.sources import Load


def test_workers_share_sources_and_ask_no_service_at_once(postgresql):
    """Two workers poll what is due, and what they tell of it adds up."""
    load = Load(
        sources=300, workers=2, interval_min=0.1, seconds=4, warm_up_s=0, new=0.2, shards=8, of_the_largest=2
    )
    with postgresql.lend_store() as url:
        outcome = simulate(url, load, postgresql.read_pid())
    assert outcome.polls > 10
    assert outcome.overlaps == []
    assert outcome.articles > 0
    assert min(outcome.worker_cpu_s, outcome.server_cpu_s, outcome.source_bytes, outcome.article_bytes) > 0
    assert 0 <= outcome.delay_at(0.5) <= outcome.delay_at(0.99) < 30
    assert outcome.describe().startswith("300 sources every 0.1 min: 50 polls/s are due\n2 workers: ")


@pytest.mark.parametrize(
    ("first", "second", "overlaps", "gaps"),
    [
        ([("a", 0, 2)], [("a", 1, 3)], ["a"], [-1]),
        ([("a", 0, 9), ("a", 1, 2)], [("a", 3, 4)], ["a"], [-6]),
        ([("a", 0, 2), ("a", 1, 3)], [("a", 5, 6)], [], [2]),
        ([("a", 0, 2)], [("b", 1, 3)], [], []),
        ([("a", 4, 5)], [("a", 0, 1), ("a", 7, 8)], [], [3, 2]),
    ],
)
def test_a_service_that_two_workers_ask_at_once_is_found(first, second, overlaps, gaps):
    """Whichever began first; one worker may ask a service several times at once."""
    assert compare_visits([first, second]) == (overlaps, gaps)
