"""A running service holds back a change that takes much out of its feeds, until an operator lets it go."""

import json
import signal
import time
from urllib.request import urlopen

import pytest

from tests.integration.site import ML, SiteFolder, ago, item, read_until, run_service, send_feed, stop_program

TITLES = ("storm", "verdict", "strike", "rocket", "comet", "harvest")
OTHER = {**ML, "keywords": ["postbird"]}
WITHOUT_ONE = {**ML, "exclude": ["storm"]}


@pytest.fixture
def site(tmp_path, loopback):
    """A site that has published six articles on machine learning."""
    titles = enumerate(TITLES, 1)
    send_feed(
        loopback, *(item(n, ago(hours=n), title=f"Machine learning foretells a {t}") for n, t in titles)
    )
    made = SiteFolder(
        tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], [ML],
        enrich={"pages": False}, images={"sizes": False, "logos": False},
    )  # fmt: skip
    made.run("poll")
    made.run("publish")
    assert _count(made) == 6
    return made


def _count(site):
    """Return how many articles the feed of the topic shows."""
    return len(json.loads((site.feeds / "ml/articles/feed.json").read_bytes())["items"])


def _wait_for(site, number, seconds=20):
    """Wait until the feed shows so many articles."""
    deadline_s = time.monotonic() + seconds
    while _count(site) != number:
        assert time.monotonic() < deadline_s, f"{_count(site)} items, not {number}"
        time.sleep(0.1)


def _read_health(program):
    with urlopen(f"{program.url}healthz", timeout=5) as answer:
        return json.loads(answer.read())


def test_a_change_that_empties_a_feed_waits_to_be_let_go(site):
    """The service says why and what to do; let go, it is in force within seconds."""
    with run_service(site, "--port", "0") as program:
        site.write("topics", {"topics": [OTHER]})
        said = read_until(program, "waits=")
        assert "it would take out all" in said
        assert "aggregator apply" in said
        (wrong,) = _read_health(program)["degraded"]
        assert wrong.startswith("a change of the configuration waits: it would take out all")
        assert site.status()["configuration"][0]["let_go"] == "aggregator apply"
        assert _count(site) == 6
        assert "let go" in site.run("apply", "--yes")
        _wait_for(site, 0)
        assert "degraded" not in _read_health(program)
        assert site.status()["configuration"] == []
        assert site.run("apply").startswith("nothing waits")
        stop_program(program)


def test_a_small_change_goes_at_once(site):
    """It needs no leave; the log has its numbers for each feed."""
    with run_service(site, "--port", "0") as program:
        site.write("topics", {"topics": [WITHOUT_ONE]})
        assert "leave=1" in read_until(program, "feed=ml/articles")
        _wait_for(site, 5)
        stop_program(program)


def test_a_change_that_waits_is_taken_back(site):
    """Put back as it was, nothing waits any more, and what was let go before is asked for again."""
    with run_service(site, "--port", "0") as program:
        site.write("topics", {"topics": [OTHER]})
        read_until(program, "waits=")
        site.write("topics", {"topics": [ML]})
        read_until(program, "event=config sources=1")
        assert "degraded" not in _read_health(program)
        assert _count(site) == 6
        stop_program(program)


def test_a_change_made_while_nothing_runs_waits_at_the_start(site):
    """The service starts with what is in force, also after a kill, until the change is let go."""
    site.write("topics", {"topics": [OTHER]})
    for number in (signal.SIGKILL, signal.SIGTERM):
        with run_service(site, "--port", "0") as program:
            read_until(program, "waits=")
            assert _count(site) == 6
            program.send_signal(number)
            program.communicate(timeout=20)
    assert _count(site) == 6
    site.run("apply", "--yes")
    with run_service(site, "--port", "0") as program:
        _wait_for(site, 0)
        stop_program(program)


def test_a_site_may_have_changes_apply_at_once(site):
    """The setting counts as it is in the changed files."""
    settings = {"enrich": {"pages": False}, "images": {"sizes": False, "logos": False}}
    with run_service(site, "--port", "0") as program:
        site.write(
            "settings",
            {
                **settings,
                "site": {"title": "The Site", "base_url": "http://127.0.0.1:8080", "apply_at_once": True},
                "storage": {"data_dir": str(site.folder / "data"), "feeds_dir": str(site.feeds)},
                "fetch": {"allow_private_addresses": True, "timeout_s": 5, "domain_delay_s": 0},
            },
        )
        site.write("topics", {"topics": [OTHER]})
        _wait_for(site, 0)
        stop_program(program)


def test_nobody_to_ask_is_told_how_to_let_it_go(site):
    """Without a terminal the plan is shown, and nothing is let go."""
    site.write("topics", {"topics": [OTHER]})
    assert "6 leave" in site.run("apply", code=1)
    with run_service(site, "--port", "0") as program:
        read_until(program, "waits=")
        stop_program(program)
