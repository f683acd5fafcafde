"""A mistake in the configuration's files keeps nobody from taking out what must leave at once."""

import json
import shutil
import socket
from urllib.request import urlopen

import pytest
import yaml

from tests.integration.foretold_site import count_shown, publish_foretold, wait_for_shown
from tests.integration.site import (
    ago,
    item,
    read_until,
    run_program,
    run_service,
    send_feed,
    start_program,
    stop_program,
)

RULE = {"id": "x", "when": ['titel == "x"'], "then": {"drop": True}}
REASON = ("--reason", "a court's order", "--by", "anna", "--yes")


@pytest.fixture
def site(tmp_path, loopback):
    """A site that has published six articles, and whose files have a mistake since."""
    return publish_foretold(tmp_path, loopback)


def _spoil(site):
    site.write("curation", {"rules": [RULE]})


def _say(site, *words, code=0):
    """Return what a command printed, and its errors."""
    done = run_program(*words, "--config", str(site.config), code=code)
    return done.stdout, done.stderr


def test_a_running_service_takes_up_a_kill(site):
    """By the command, and one written by hand; a ban waits; right files are taken up whole."""
    with run_service(site, "--port", "0") as program:
        _spoil(site)
        read_until(program, "no field or function titel")
        said, warned = _say(site, "decide", "kill", "daily.example/2", *REASON)
        assert "1 leave" in said
        assert "by itself: the files are left aside until their problems are mended" in said
        assert warned.count("\n") == 1
        assert "the configuration files have a problem: " in warned
        assert "curation.yaml:" in warned
        assert 'rest="is left aside"' in read_until(program, "urgent=")
        wait_for_shown(site, 5)
        entry = (
            "{id: %s, verb: %s, target: https://daily.example/%s, reason: r, by: b, at: 2026-11-29T06:00:00Z}"
        )
        (site.config / "decisions/hand.yaml").write_text(
            f"decisions: [{entry % ('a', 'kill', 3)}, {entry % ('b', 'ban', 4)}]\n", encoding="utf-8"
        )
        wait_for_shown(site, 4)
        site.write("curation", {"rules": []})
        wait_for_shown(site, 3)
        stop_program(program)


def test_publish_takes_up_a_kill(site):
    """Other verbs refuse, and write nothing."""
    _spoil(site)
    refused = _say(site, "decide", "ban", "daily.example/2", *REASON, code=1)[1]
    assert "no field or function titel" in refused
    assert "only kill, restore, takedown and withdraw can be decided beside it" in refused
    assert not (site.config / "decisions").exists()
    _say(site, "decide", "kill", "daily.example/2", *REASON)
    assert "goes by the configuration in force" in _say(site, "publish")[1]
    assert count_shown(site) == 5
    _say(site, "publish")
    _say(site, "decide", "restore", "daily.example/2", *REASON)
    _say(site, "publish")
    assert count_shown(site) == 6


def test_polls_and_publications_go_on(site, loopback):
    """By what is in force, with a warning, as a timer may call them; a plan is about the files, and refuses."""
    send_feed(loopback, item(7, ago(minutes=5), title="Machine learning foretells a flood"))
    site.write("topics", {"topics": []})
    _spoil(site)
    for words in (("poll", "--all"), ("publish",), ("rebuild",)):
        _, warned = _say(site, *words)
        assert warned.count("the configuration files have") == 1
        assert "no field or function titel" in warned
        assert "goes by the configuration in force" in warned
    assert count_shown(site) == 7
    for words in (("plan",), ("apply", "--yes")):
        assert "no field or function titel" in _say(site, *words, code=1)[1]
    (site.folder / "data/aggregator.db").unlink()
    for word in ("poll", "publish", "rebuild"):
        assert "goes by" not in _say(site, word, code=1)[1]
    assert not (site.folder / "data/aggregator.db").exists()


def test_a_month_that_cannot_be_read_is_left_as_it_is(site):
    """The decision is in a file beside it."""
    _say(site, "decide", "ban", "daily.example/3", *REASON)
    (month,) = (site.config / "decisions").iterdir()
    month.write_text("decisions: [", encoding="utf-8")
    said, _ = _say(site, "decide", "takedown", "daily.example", *REASON)
    file = month.with_name(f"{month.stem}-urgent.yaml")
    assert str(file) in said
    assert month.read_text(encoding="utf-8") == "decisions: ["
    (entry,) = yaml.safe_load(file.read_text(encoding="utf-8"))["takedowns"]
    assert entry["target"] == "daily.example"
    _say(site, "publish")
    assert count_shown(site) == 0


def test_a_service_starts_beside_problems(site, loopback):
    """By the configuration in force, which the store keeps; it says so, takes up what is urgent, then the rest."""
    send_feed(loopback, item(7, ago(minutes=5), title="Machine learning foretells a flood"))
    _spoil(site)
    (site.config / "decisions").mkdir()
    entry = "{id: %s, verb: %s, target: https://daily.example/%s, reason: r, by: b, at: 2026-11-29T06:00:00Z}"
    (site.config / "decisions/hand.yaml").write_text(
        f"decisions: [{entry % ('a', 'kill', 3)}, {entry % ('b', 'ban', 4)}]\n", encoding="utf-8"
    )
    program = start_program("run", "--port", "0", "--config", str(site.config))
    try:
        said = read_until(program, "started by the configuration in force")
        assert "no field or function titel" in said
        url = read_until(program, "feeds and pages").split()[-1]
        assert "urgent=a" in read_until(program, 'rest="is left aside"')
        wait_for_shown(site, 6, has="flood")
        with urlopen(f"{url}healthz", timeout=60) as answer:
            (wrong,) = json.loads(answer.read())["degraded"]
        assert wrong.startswith("the configuration has 1 problem and is left aside (in force already: a)")
        site.write("curation", {"rules": []})
        wait_for_shown(site, 5)
        stop_program(program)
    finally:
        program.kill()
        program.communicate()


def test_a_start_beside_problems_keeps_the_address_in_force(site):
    """Where the settings are wrong, the port that was configured stays; a store of nothing refuses, and is not made."""
    file = site.config / "settings.yaml"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    right = f"{file.read_text(encoding='utf-8')}server: {{port: {port}}}\n"
    file.write_text(right, encoding="utf-8")
    site.run("publish")
    file.write_text(right.replace("base_url:", "bas_url:"), encoding="utf-8")
    program = start_program("run", "--config", str(site.config))
    try:
        assert f":{port}/" in read_until(program, "feeds and pages")
        stop_program(program)
    finally:
        program.kill()
        program.communicate()
    shutil.rmtree(site.folder / "data")
    assert "bas_url" in _say(site, "run", code=1)[1]
    assert not (site.folder / "data/aggregator.db").exists()


def test_what_keeps_the_store_safe_goes_on(site):
    """A backup is made whatever the files say, as long as they say where the store is."""
    _spoil(site)
    said, warned = _say(site, "backup", str(site.folder / "backup.db"))
    assert "6 articles" in said
    assert "this only needs to know where the store is" in warned
    assert _say(site, "stories", "answer", "storm", "comet", "different")[0].startswith("different: ")
    assert "6 of 6" in _say(site, "rules", "test", 'title.contains("foretells")')[0]


@pytest.mark.parametrize(
    "words",
    [("status",), ("explain", "daily.example/2"), ("review",), ("stories", "list"), ("status", "--json")],
)
def test_what_only_reads_goes_on(site, words):
    """By what is in force: it prints what it did before, and one line of warning."""
    before, _ = _say(site, *words)
    _spoil(site)
    after, warned = _say(site, *words)
    assert len(after.splitlines()) == len(before.splitlines())
    assert warned.count("\n") == 1
    assert "the configuration files have a problem" in warned


def test_a_store_that_is_not_surely_meant_is_not_read(site):
    """Where the settings do not say which it is, and where none is kept; other sections may be wrong."""
    file = site.config / "settings.yaml"
    right = file.read_text(encoding="utf-8")
    for wrong in (
        right.replace("storage:", "strage:"),
        f"{right}\nx: [",
        right.replace("data_dir", "data_folder"),
    ):
        file.write_text(wrong, encoding="utf-8")
        assert "settings.yaml" in _say(site, "status", code=1)[1]
    file.write_text(right.replace("base_url:", "base:"), encoding="utf-8")
    said, warned = _say(site, "status")
    assert "daily" in said
    assert "2 problems, the first: " in warned or "a problem: " in warned
    (site.folder / "data/aggregator.db").unlink()
    assert "goes by" not in _say(site, "status", code=1)[1]
