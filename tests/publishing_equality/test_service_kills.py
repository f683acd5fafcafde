"""A running service that is killed between marks and files: once it comes to rest a rebuild changes no byte."""

import random
import signal
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.site import TOPICS, SiteFolder, run_service, stop_program
from tests.profiles import repeat
from tests.publishing_equality.press import Press
from tests.publishing_equality.trees import compare_trees, read_tree

KILLS = repeat(3, large=60)
HAS_COPIES = bool(repeat(0, large=1))
"""Files of pictures that a kill left out are waited for, a minute long."""
LONGEST_S = 120
RETRIED_WITHIN = timedelta(minutes=3)
"""What a kill left undone is taken up again within this."""


def make_site(folder, press, **publish):
    """Return a site that publishes what the press writes, with few items in a feed."""
    return SiteFolder(
        folder, press.sources, TOPICS,
        publish={"max_items": 40, **publish},
        images={"cache": HAS_COPIES, "logos": HAS_COPIES},
        enrich={"pages": True, "host_delay_s": 0, "wait_s": 5},
        server={"port": 0},
    )  # fmt: skip


def kill_often(site, rng):
    """Start the service again and again, and kill it at a random moment after it began to serve."""
    for _ in range(KILLS):
        with run_service(site) as service:
            time.sleep(rng.uniform(0.0, 3.0))
            service.send_signal(signal.SIGKILL)


def come_to_rest(site):
    """Run the service until nothing is left to be published, and stop it."""
    run_until(site, lambda marked: marked.keys() <= {"record"})
    run_until(site, lambda marked: not marked)  # records are written at once after a start


def run_until(site, is_enough):
    """Run the service until what is marked is little enough, and stop it."""
    with run_service(site) as service:
        began_s = time.monotonic()
        while not is_enough(marked := count_marks(site)):
            assert time.monotonic() - began_s < LONGEST_S, f"it does not come to rest: {marked}"
            time.sleep(0.5)
        stop_program(service)


def count_marks(site):
    """Return by kind how many marks are due now or, of what is to be published, within minutes."""
    now = datetime.now(UTC)
    counted = "SELECT kind, count(*) FROM marks WHERE due_at <= CASE kind WHEN 'picture' THEN ? ELSE ? END GROUP BY kind"
    times = (int(at.timestamp() * 1_000_000) for at in (now, now + RETRIED_WITHIN))
    with closing(sqlite3.connect(site.folder / "data" / "aggregator.db")) as database:
        return dict(database.execute(counted, tuple(times)).fetchall())


@pytest.mark.parametrize("has_records", [False, True], ids=["feeds", "records"])
def test_a_rebuild_after_many_kills_changes_no_byte(tmp_path, loopback, has_records):
    """SIGKILLs at random moments leave nothing in the tree that would not be built anew, nor less."""
    rng = random.Random(has_records)
    press = Press(loopback, seed=has_records)
    site = make_site(tmp_path, press, records=has_records)
    kill_often(site, rng)
    press.is_quiet = True
    come_to_rest(site)
    grown = read_tree(site.feeds)
    site.run("rebuild")
    assert compare_trees(grown, read_tree(site.feeds)) == []
    assert grown["all/articles/atom.xml"].count(b"<entry>") > min(KILLS, 30)
