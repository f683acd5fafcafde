"""The benchmark of judging runs, and looking rules up is what makes it fast."""

from tests.benchmarks.judging import measure


def test_rules_are_looked_up():
    """Trying a hundred rules one after another takes several times as long."""
    found = measure(articles=60, topics=50, rules=100)
    assert found.plain > 2 * found.judge > 0
    assert found.judge > found.rules > 0
