"""By how much commands correct the clock of their machine: as a service did, as long as that can be right."""

import json
from datetime import UTC, datetime, timedelta

from aggregator.pipeline.clock_correction import MOST, NOTE, read_clock_correction, save_clock_correction
from aggregator.store import open_store, read_note, read_source_states, write_note
from tests.empty_store import put_empty_store
from tests.integration.site import ML, SiteFolder, ago, item, rss, run_program
from tests.loopback import Answer

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NONE = timedelta(0)


def test_a_correction_counts_until_the_clock_is_set(tmp_path):
    """What is less than ten minutes is no setting; another machine, and one started anew, has its own clock."""
    with open_store(put_empty_store(tmp_path / "aggregator.db")) as store:
        now = datetime.now(UTC)
        assert read_clock_correction(store, now) == NONE
        save_clock_correction(store, -HOUR, now)
        assert read_clock_correction(store, now) == -HOUR
        minutes = {5: -HOUR, -5: -HOUR, 11: NONE, -60: NONE}
        found = {moved: read_clock_correction(store, now + timedelta(minutes=moved)) for moved in minutes}
        assert found == minutes
        others = {
            f"another {number}": one
            for number in range(MOST)
            for one in json.loads(read_note(store, NOTE)).values()
        }
        write_note(store, NOTE, json.dumps(others))
        assert read_clock_correction(store, now) == NONE
        for by in (-HOUR, HOUR):
            save_clock_correction(store, by, now)
            assert read_clock_correction(store, now) == by
        assert [*json.loads(read_note(store, NOTE))][:-1] == [*others][1:]
        save_clock_correction(store, NONE, now)
        assert read_clock_correction(store, now) == NONE
        assert [*json.loads(read_note(store, NOTE))] == [*others][1:]


def test_commands_go_by_the_corrected_time(tmp_path, loopback):
    """What a machine whose clock is 200 days behind polls is dated right, and what is too old goes."""
    loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)))))
    site = SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], [ML])
    feed = site.feeds / "ml" / "rss.xml"
    for command in ("poll", "publish"):
        site.run(command)
    assert b"finds comet 1" in feed.read_bytes()
    assert "0 articles" in site.run("prune", "--dry-run")
    with open_store(f"sqlite:///{tmp_path}/data/aggregator.db") as store:
        save_clock_correction(store, 200 * DAY, datetime.now(UTC))
        for command, said in (("poll", "1 source polled"), ("prune", "1 article"), ("publish", "published")):
            done = run_program(command, "--config", str(site.config))
            assert said in done.stdout
            assert "this machine's clock is 200 days, 0:00:00 behind those of publishers" in done.stderr
        assert b"finds comet 1" not in feed.read_bytes()
        polled_at = read_source_states(store)["daily"].polled_at
        assert abs(polled_at - datetime.now(UTC) - 200 * DAY) < timedelta(minutes=5)
