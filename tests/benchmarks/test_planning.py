"""The benchmark itself, small: what is planned differs where something changed."""

from tests.benchmarks.planning import measure


def test_plans_are_what_they_are_called(tmp_path):
    """Without a change no feed differs; another word and other weights change some."""
    measured = measure(tmp_path, 60, 4)
    assert list(measured) == ["none", "one topic", "one rule", "weights", "window"]
    assert measured["none"].feeds == 0
    assert measured["one topic"].feeds > 0
    assert all(one.seconds > 0 and one.ratio > 0 for one in measured.values())
