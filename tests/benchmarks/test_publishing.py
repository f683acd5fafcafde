"""The benchmark itself, small: what is measured did happen, and the figures have their names."""

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
