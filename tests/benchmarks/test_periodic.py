"""The benchmark itself, small: what is measured has nothing to do, and the figures have their names."""

import json

from tests.benchmarks.periodic import MEASURED, measure, report, table


def test_every_job_is_measured(tmp_path):
    """Each has a positive cost, and those that are repeated one an hour; nothing new is found by any."""
    costs = measure(tmp_path, 200, 20)
    assert {cost.name for cost in costs} == {
        *MEASURED,
        "mending the clock",
        "reload, nothing changed",
        "reload, one source",
        "/healthz",
        "status",
        "starting",
    }
    reported = json.loads(json.dumps(report(200, 20, costs)))["jobs"]
    assert all(row["cpu_ms"] > 0 for row in reported.values())
    assert all((row["every_s"] is None) == (row["cpu_s_an_hour"] is None) for row in reported.values())
    assert len(table(200, 20, costs).splitlines()) == 2 + len(costs)
