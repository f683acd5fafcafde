"""What `aggregator poll` says of a round in which sources failed."""

import pytest

from tests.integration.site import SiteFolder, item, rss, run_program
from tests.loopback import Answer


@pytest.mark.parametrize(("good", "bad", "code"), [(4, 14, 1), (1, 2, 1), (2, 2, 0), (3, 2, 0), (0, 1, 1)])
def test_a_round_in_which_most_failed_has_failed(tmp_path, loopback, good, bad, code):
    """Exit 1 where more than half failed, with how many; half or fewer are no failure of the round."""
    loopback.route("/feed", Answer(body=rss(item(1, "Fri, 27 Nov 2026 10:00:00 GMT"))))
    found = [{"id": f"good{n}", "url": f"{loopback.url}/feed?{n}"} for n in range(good)]
    lost = [{"id": f"bad{n}", "url": f"{loopback.url}/lost?{n}"} for n in range(bad)]
    site = SiteFolder(tmp_path, found + lost)
    done = run_program("poll", "--config", str(site.config), code=code)
    assert f"{bad} failed" in done.stdout
    assert (f"aggregator: {bad} of {good + bad} sources failed: " in done.stderr) == bool(code)


def test_a_changed_setting_that_could_mend_a_source_is_tried_at_once(tmp_path, loopback):
    """A source that was too large for the limit is polled by the next round once that is raised; not before."""
    loopback.route("/feed", Answer(body=rss(item(1, "Fri, 27 Nov 2026 10:00:00 GMT")) + b" " * 9_000))
    sources = [{"id": "large", "url": f"{loopback.url}/feed"}]
    polling = {"default_interval_min": 60, "min_interval_min": 60, "max_interval_min": 600}
    small = SiteFolder(tmp_path, sources, fetch={"max_body_bytes": 8_192}, polling=polling)
    small.run("poll", code=1)
    small.run("status")
    assert "no source is due" in small.run("poll")
    larger = SiteFolder(tmp_path, sources, fetch={"max_body_bytes": 65_536}, polling=polling)
    larger.run("status")
    assert "1 updated" in larger.run("poll")
