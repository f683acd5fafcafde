"""A command that is called wrongly says so in one line."""

import re
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

from aggregator.store import open_store, read_source_states
from tests.integration.site import ML, SiteFolder, run_program

SOURCE = {"id": "daily", "url": "http://127.0.0.1:9/feed.xml"}
WEEKLY = {"id": "weekly", "url": "http://127.0.0.1:9/weekly.xml"}
DOCUMENT = Path(__file__).parents[2] / "docs" / "commands.md"
READING = [
    ["status"],
    ["status", "--source", "daily"],
    ["status", "--politeness", "--json"],
    ["review"],
    ["review", "accept", "daily"],
    ["stories", "list"],
    ["stories", "show", "2ea446bd"],
    ["check", "--stored"],
]
"""Commands that open the store as it is."""


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (["pol"], "No such command 'pol'."),
        (["poll", "--sorce", "x"], "No such option: --sorce"),
        (["serve", "--port", "high"], "Invalid value for '--port': it should be a valid integer"),
        (["alerts", "tset"], "Invalid value for 'action': 'tset' is not one of 'list', 'test'"),
        (["alerts", "Value error, x"], "'action': 'Value error, x' is not one of 'list', 'test'"),
        (["records", "rewrite"], "Missing argument 'FILE...'"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(words, reported):
    """The line names what is wrong and where help is."""
    error = run_program(*words, code=2).stderr
    assert len(error.splitlines()) == 1
    assert reported in error
    assert error.strip().endswith("--help")


def test_an_empty_address_is_reported_as_one():
    """An argument that is empty is seen to be, by its quotes."""
    assert run_program("amp", "cache-url", "", code=1).stderr == (
        "aggregator: '': the AMP cache has no address for it\n"
    )
    assert "'' is no absolute http or https address" in run_program("amp", "find", "", code=1).stderr
    assert run_program("sources", "add", " ", code=1).stderr.startswith(
        "aggregator: ' ': no address of a feed"
    )


def test_a_record_that_is_not_there_has_no_line(tmp_path):
    """A line is cited only where there is one."""
    site = SiteFolder(tmp_path, [SOURCE])
    done = run_program("records", "import", "nowhere.md", "--config", str(site.config), code=1)
    assert done.stderr == "nowhere.md: cannot be read: No such file or directory\n"
    assert done.stdout == "1 file: 0 records imported, 0 known, 1 bad\n"


def test_a_word_that_is_nearly_a_command_is_told_from_the_list():
    """Commands that are not imported are proposed all the same, in groups as well."""
    assert "Did you mean 'sources'" in run_program("source", code=2).stderr
    assert "Did you mean 'poll'? See: " in run_program("pol", code=2).stderr
    assert "Did you mean 'list'?" in run_program("sources", "lst", code=2).stderr


def test_the_version_is_reported():
    """``--version`` prints that of the package, and works anywhere."""
    assert run_program("--version").stdout == f"aggregator {version('aggregator')}\n"


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_without_a_store_a_reading_command_says_where_it_looked(tmp_path, words):
    """It exits 1 with one line that names the file, and makes neither the file nor its folder."""
    site = SiteFolder(tmp_path, [SOURCE]).without_store()
    error = run_program(*words, "--config", str(site.config), code=1).stderr
    where = tmp_path / "data" / "aggregator.db"
    assert error == f"aggregator: no store at {where}: `aggregator poll` or `aggregator run` makes it\n"
    assert [path.name for path in tmp_path.iterdir()] == ["config"]


def test_a_lost_store_is_not_to_be_made_anew(tmp_path):
    """Beside a published tree, what reads says what `poll` and `run` say: to restore a backup."""
    site = SiteFolder(tmp_path, [SOURCE], [ML])
    site.run("publish")
    shutil.rmtree(tmp_path / "data")
    for words in (*READING, ["poll"], ["verify"], ["backup", "kept.db"]):
        error = run_program(*words, "--config", str(site.config), code=1).stderr
        assert "so it is no new site" in error
        assert "`aggregator restore` a backup" in error
    assert not (tmp_path / "data").exists()


def test_the_readme_lists_what_only_reads():
    """Its list and the one here are of the same commands; a group stands for those in it."""
    (listed,) = re.findall(r"^What only reads \((.*)\)", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    told = set(re.findall(r"`([^`]+)`", listed))
    tested = {" ".join(words) for words in READING} | {"sources list"}
    assert not [words for words in tested if not words.startswith(tuple(told))], (
        "the list in docs/commands.md lacks these"
    )
    assert not [words for words in told if not any(one.startswith(words) for one in tested)], (
        "not tested here"
    )


def test_sources_are_listed_and_removed_without_a_store(tmp_path):
    """What is configured needs no store; the list says where it looked for how the sources are doing."""
    site = SiteFolder(tmp_path, [SOURCE, WEEKLY]).without_store()
    done = run_program("sources", "list", "--config", str(site.config))
    assert "daily" in done.stdout
    assert done.stdout.count("not polled yet") == 2
    assert f"no store at {tmp_path / 'data' / 'aggregator.db'} yet" in done.stderr
    site.run("sources", "remove", "weekly")
    assert "weekly" not in site.run("sources", "list")
    assert [path.name for path in tmp_path.iterdir()] == ["config"]


def test_reading_leaves_the_store_as_it_is(tmp_path):
    """A source that is new in the configuration is told as due, and written down by who polls alone."""
    site = SiteFolder(tmp_path, [SOURCE])
    site.run("records", "import", str(tmp_path / "config"), code=0)
    site.write("sources", {"sources": [SOURCE, WEEKLY]})
    shown = {row["id"]: row for row in site.status()["sources"]}
    assert shown["weekly"]["outcome"] is None
    assert shown["weekly"]["next_poll_at"] is not None
    assert "not polled yet" in site.run("status", "--source", "weekly")
    assert "weekly" in site.run("status", "--politeness")
    with open_store(f"sqlite:///{tmp_path}/data/aggregator.db") as store:
        assert set(read_source_states(store)) == {"daily"}


def test_a_source_at_another_address_is_not_told_as_the_old_one(tmp_path):
    """What is known of a source is known of its address; at a new one it was not polled yet."""
    site = SiteFolder(tmp_path, [SOURCE])
    site.run("poll", "--source", "daily", code=1)
    assert site.status()["sources"][0]["outcome"] == "failed"
    site.write("sources", {"sources": [{**SOURCE, "url": "http://127.0.0.1:9/other.xml"}]})
    assert site.status()["sources"][0]["outcome"] is None
