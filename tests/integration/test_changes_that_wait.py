"""A running service holds back a change that takes much out of its feeds, until an operator lets it go."""

import json
import signal
import time
from urllib.request import urlopen

import pytest
import yaml

from tests.integration.foretold_site import count_shown, publish_foretold, wait_for_shown
from tests.integration.site import ML, read_until, run_service, stop_program

OTHER = {**ML, "keywords": ["postbird"]}
WITHOUT_ONE = {**ML, "exclude": ["storm"]}


@pytest.fixture
def site(tmp_path, loopback):
    """A site that has published six articles on machine learning."""
    return publish_foretold(tmp_path, loopback)


def _read_health(program):
    with urlopen(f"{program.url}healthz", timeout=60) as answer:
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
        assert count_shown(site) == 6
        assert "let go" in site.run("apply", "--yes")
        wait_for_shown(site, 0)
        assert "degraded" not in _read_health(program)
        assert site.status()["configuration"] == []
        assert site.run("apply").startswith("nothing waits")
        stop_program(program)


def test_a_small_change_goes_at_once(site):
    """It needs no leave; the log has its numbers for each feed."""
    with run_service(site, "--port", "0") as program:
        site.write("topics", {"topics": [WITHOUT_ONE]})
        assert "leave=1" in read_until(program, "feed=ml/articles")
        wait_for_shown(site, 5)
        stop_program(program)


def test_a_change_that_waits_is_taken_back(site):
    """Put back as it was, nothing waits any more, and what was let go before is asked for again."""
    with run_service(site, "--port", "0") as program:
        site.write("topics", {"topics": [OTHER]})
        read_until(program, "waits=")
        site.write("topics", {"topics": [ML]})
        read_until(program, "event=config sources=1")
        assert "degraded" not in _read_health(program)
        assert count_shown(site) == 6
        stop_program(program)


def test_a_change_made_while_nothing_runs_waits_at_the_start(site):
    """The service starts with what is in force, also after a kill, until the change is let go."""
    site.write("topics", {"topics": [OTHER]})
    for number in (signal.SIGKILL, signal.SIGTERM):
        with run_service(site, "--port", "0") as program:
            read_until(program, "waits=")
            assert count_shown(site) == 6
            program.send_signal(number)
            program.communicate(timeout=60)
    assert count_shown(site) == 6
    site.run("apply", "--yes")
    with run_service(site, "--port", "0") as program:
        wait_for_shown(site, 0)
        stop_program(program)


REASON = ("--reason", "it is so", "--by", "anna", "--yes")


def test_a_withdrawal_does_not_wait_behind_a_large_change(site):
    """It is in force within seconds, also after a kill; what waits goes on waiting, until it is let go."""
    with run_service(site, "--port", "0") as program:
        site.write("topics", {"topics": [OTHER]})
        read_until(program, "waits=")
        site.run("decide", "withdraw", "daily.example/2", *REASON)
        site.run("decide", "ban", "daily.example/3", *REASON)
        (file,) = (site.config / "decisions").iterdir()
        id_ = yaml.safe_load(file.read_text(encoding="utf-8"))["decisions"][0]["id"]
        wait_for_shown(site, 5)
        (waits,) = _wait_until(lambda: site.status()["configuration"])
        assert (waits["let_go"], waits["in_force_already"]) == ("aggregator apply", id_)
        (wrong,) = _read_health(program)["degraded"]
        assert f"(in force already: {id_}): see `aggregator plan`" in wrong
        program.send_signal(signal.SIGKILL)
        program.communicate(timeout=60)
    with run_service(site, "--port", "0") as program:
        said = read_until(program, "waits=")
        assert "urgent=" not in said
        assert count_shown(site) == 5
        site.run("decide", "kill", "daily.example/4", *REASON)
        read_until(program, "urgent=")
        wait_for_shown(site, 4)
        read_until(program, "waits=")
        (waits,) = site.status()["configuration"]
        assert waits["in_force_already"].startswith(f"{id_}, ")
        site.run("apply", "--yes")
        wait_for_shown(site, 0)
        assert site.status()["configuration"] == []
        assert "degraded" not in _read_health(program)
        stop_program(program)


def test_a_takedown_waits_for_nothing(site):
    """Even where that empties every feed; a change beside it that is small goes right after."""
    takedown = "{id: t, target: daily.example, reason: r, by: b, at: 2026-11-29T06:00:00Z}"
    with run_service(site, "--port", "0") as program:
        folder = site.config / "decisions"
        folder.mkdir()
        (folder / "now.yaml").write_text(f"takedowns: [{takedown}]\n", encoding="utf-8")
        assert "rest=" not in read_until(program, "urgent=t")
        wait_for_shown(site, 0)
        assert site.run("plan").startswith("no feed differs")
        (folder / "now.yaml").write_text("takedowns: []\n", encoding="utf-8")
        wait_for_shown(site, 6)
        site.write("topics", {"topics": [WITHOUT_ONE]})
        (folder / "now.yaml").write_text(
            f"takedowns: [{takedown.replace('daily.example', 'https://daily.example/2')}]\n", encoding="utf-8"
        )
        wait_for_shown(site, 4)
        assert _wait_until(lambda: site.run("plan").startswith("no feed differs"))
        assert "degraded" not in _read_health(program)
        stop_program(program)


def _wait_until(look, seconds=60):
    """Wait until there is something to see, and return it."""
    deadline_s = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline_s
        time.sleep(0.2)
    return found


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
        wait_for_shown(site, 0)
        stop_program(program)


def test_nobody_to_ask_is_told_how_to_let_it_go(site):
    """Without a terminal the plan is shown, and nothing is let go."""
    site.write("topics", {"topics": [OTHER]})
    assert "6 leave" in site.run("apply", code=1)
    with run_service(site, "--port", "0") as program:
        read_until(program, "waits=")
        stop_program(program)
