"""Machines whose clock is wrong for a while."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.site import (
    SiteFolder,
    ago,
    item,
    read_until,
    rss,
    run_program,
    start_anew,
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
    assert "1 sources polled" in done.stdout
    assert "event=clock" in done.stderr
    assert [request.path for request in loopback.requests] == ["/one"]
    assert site.run("poll") == "no source is due; --all polls every one now\n"


SHIFTED_CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(id, at);
    FILE *file = id == CLOCK_REALTIME && !failed ? fopen(getenv("SHIFT_FILE"), "r") : NULL;
    long shift = 0;
    if (file) {
        if (fscanf(file, "%ld", &shift) == 1) at->tv_sec += shift;
        fclose(file);
    }
    return failed;
}
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_a_clock_that_is_set_to_and_fro_stops_nothing(tmp_path, loopback):
    """A day forward and back again: sources are polled on both days as before, and nothing waits for tomorrow."""
    date = ago(hours=1)
    loopback.route("/feed", Answer(body=rss(item(1, date))))
    site = SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}])
    library, shift = tmp_path / "clock.so", tmp_path / "shift"
    (tmp_path / "clock.c").write_text(SHIFTED_CLOCK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, tmp_path / "clock.c", "-ldl"], check=True)
    shift.write_text("0")
    clock = {"LD_PRELOAD": str(library), "SHIFT_FILE": str(shift)}
    program = start_anew("run", "--port", "0", "--config", str(site.config), environment=clock)
    try:
        read_until(program, "event=poll")
        for seconds, word in ((86_400, "forward"), (0, "back")):
            shift.write_text(str(seconds))
            assert f"set {word} by" in read_until(program, "event=clock")
            read_until(program, "event=poll")
            read_until(program, "event=poll")
    finally:
        stop_program(program)
