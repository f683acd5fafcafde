"""The benchmark itself, small: what is measured did happen, and the figures have their names."""

from tests.benchmarks.feed_delay import measure_feed_delay
from tests.benchmarks.filled_store import make_topics
from tests.benchmarks.publishing import CYCLES, measure, report, table


def test_cycles_are_what_they_are_called(tmp_path):
    """Only the cycle in which nothing changed writes no file, and every figure is a positive number."""
    cycles = measure(tmp_path, 40, 4)
    assert [name for name in CYCLES if not cycles[name].changed] == ["idle"]
    reported = report(40, 4, cycles)
    assert list(reported) == [
        "articles",
        "topics",
        "first_cpu_s",
        "idle_cpu_s",
        "one_new_cpu_s",
        "one_edit_cpu_s",
        "merge_cpu_s",
        "hundred_new_cpu_s",
        "peak_mib",
    ]
    assert all(figure > 0 for figure in reported.values())
    assert len(table(40, 4, cycles).splitlines()) == 2 + len(CYCLES)


def test_entries_that_come_all_the_time_are_followed_to_their_feeds(tmp_path):
    """Every entry is seen in the store and then in a feed, and none takes no time."""
    delay = measure_feed_delay(tmp_path, make_topics(4), rate=10, seconds=1, alone=1)
    assert delay.count == 10
    assert 0 < delay.median_s <= delay.p95_s
    assert delay.alone_s > 0
    assert "10 a second" in str(delay)
