"""Machines whose clock is wrong for a while."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from tests.integration.site import (
    SiteFolder,
    ago,
    item,
    read_until,
    rss,
    run_program,
    start_program,
    stop_program,
)
from tests.loopback import Answer

TEN_YEARS_US = 3650 * 24 * 3600 * 1_000_000
SLOW = {"default_interval_min": 60, "min_interval_min": 60, "max_interval_min": 120}


def site_of(tmp_path, loopback, *names):
    """A site whose sources are polled once an hour, and were polled once."""
    date = ago(hours=1)
    for number, name in enumerate(names):
        loopback.route(f"/{name}", Answer(body=rss(item(number, date))))
    configured = [{"id": name, "url": f"{loopback.url}/{name}"} for name in names]
    site = SiteFolder(tmp_path, configured, polling=SLOW)
    site.run("poll")
    loopback.requests.clear()
    return site


def shift(site, change, *, by=TEN_YEARS_US):
    """Change the stored times of the sources, as a clock that was ahead would have stored them."""
    with closing(sqlite3.connect(site.folder / "data" / "aggregator.db")) as store, store:
        store.execute(f"update sources set {change}", {"by": by})


def test_a_service_polls_what_a_wrong_clock_put_off_for_years(tmp_path, loopback):
    """After a start at the right time all sources are asked at once, with one line in the log."""
    site = site_of(tmp_path, loopback, "one", "two")
    shift(site, "next_poll_at = next_poll_at + :by, polled_at = polled_at + :by")
    program = start_program("run", "--port", "0", "--config", str(site.config))
    try:
        reported = read_until(program, "event=clock")
        assert "due now" in reported
        assert "sources=2" in reported
        read_until(program, "event=poll")
        read_until(program, "event=poll")
    finally:
        rest = stop_program(program)
    assert "event=clock" not in rest
    assert sorted(request.path for request in loopback.requests) == ["/one", "/two"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert all(row["next_poll_at"] < tomorrow for row in site.status()["sources"])


def test_one_round_polls_what_a_wrong_clock_put_off_by_a_day(tmp_path, loopback):
    """`poll` does so, too: one source polled by the clock of tomorrow is due, the other not before its time."""
    site = site_of(tmp_path, loopback, "one", "two")
    ahead = "next_poll_at = next_poll_at + :by, polled_at = polled_at + :by where source_id = 'one'"
    shift(site, ahead, by=24 * 3600 * 1_000_000)
    done = run_program("poll", "--config", str(site.config))
    assert "1 source polled" in done.stdout
    assert "event=clock" in done.stderr
    assert [request.path for request in loopback.requests] == ["/one"]
    assert site.run("poll") == "no source is due; --all polls every one now\n"
