"""``aggregator verify`` and ``aggregator prune`` on a site, beside its service and without."""

import json
import sqlite3
from contextlib import closing

import pytest

from aggregator.store import lock_store
from tests.integration.site import ML, SiteFolder, ago, item, rss, run_program, run_service
from tests.loopback import Answer, Loopback


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site that has polled and published, and whose only source still answers."""
    with Loopback() as loopback:
        told = item(3, ago(hours=3), title="Machine learning finds comet 1 again").replace("daily", "weekly")
        feed = Answer(body=rss(item(1, ago(hours=1)), item(2, ago(hours=2)), told))
        sources = [{"id": "daily", "url": loopback.route("/feed", feed)}]
        made = SiteFolder(tmp_path_factory.mktemp("site"), sources, [ML])
        made.run("poll")
        made.run("publish")
        yield made


def _database(site):
    return site.folder / "data" / "aggregator.db"


def _call(site, *words, code):
    return run_program(*words, "--config", str(site.config), code=code)


def test_what_is_wrong_is_told_and_mended(site):
    """Exit 1 and a line for each; with --repair, once no service runs, all is as it was."""
    feed = site.feeds / "ml" / "rss.xml"
    assert "store and tree are as they should be" in site.run("verify")
    before = feed.read_bytes()
    feed.write_text("<rss>")
    with closing(sqlite3.connect(_database(site))) as opened, opened:
        opened.execute("insert into story_aliases values ('x', 'nowhere')")
    done = _call(site, "verify", code=1)
    assert f"{feed}: it is not as it was written: `aggregator verify --repair` mends it" in done.stdout
    assert "story_aliases x: it leads to a story that is not there" in done.stdout
    assert done.stderr == "aggregator: 2 things are wrong\n"
    found = json.loads(_call(site, "verify", "--json", code=1).stdout)["violations"]
    assert {one["is_mendable"] for one in found} == {True}
    with lock_store(f"sqlite:///{_database(site)}"):
        assert "stop it first" in _call(site, "verify", "--repair", code=3).stderr
    assert "2 things were wrong, and mended" in site.run("verify", "--repair")
    assert feed.read_bytes() == before
    assert json.loads(site.run("verify", "--json")) == {"violations": [], "mended": 0}


def test_files_with_other_bytes_are_told_and_mended(site):
    """However small the damage is, by the configuration in force: files that wait change nothing."""
    names = (
        "index.html",
        "assets/style.css",
        *(f"stories/{path.name}" for path in site.feeds.glob("stories/*")),
    )
    assert len(names) == 3
    before = {name: (site.feeds / name).read_bytes() for name in names}
    for name, content in before.items():
        (site.feeds / name).write_bytes(content[:-2] + b"?\n")
    settings = site.config / "settings.yaml"
    kept = settings.read_text(encoding="utf-8")
    settings.write_text(kept.replace("The Site", "Another Site"), encoding="utf-8")
    told = _call(site, "verify", code=1).stdout.splitlines()
    settings.write_text(kept, encoding="utf-8")
    mends = "it is not as it was written: `aggregator verify --repair` mends it"
    assert told == [f"{site.feeds / name}: {mends}" for name in sorted(names)]
    assert "3 things were wrong, and mended" in site.run("verify", "--repair")
    assert {name: (site.feeds / name).read_bytes() for name in names} == before


def test_a_service_at_work_leaves_nothing_wrong(site):
    """Neither what it is writing nor what waits to be written is told."""
    with run_service(site, "--port", "0"):
        for _ in range(2):
            site.run("verify")


def test_a_damaged_index_is_found(site, tmp_path):
    """Commands that do not use that index work on; verify says what to do."""
    kept = _database(site).read_bytes()
    try:
        with closing(sqlite3.connect(_database(site))) as opened:
            opened.execute("pragma journal_mode=delete")
            query = "select rootpage from sqlite_master where name = 'articles_enriched'"
            (page,) = opened.execute(query).fetchone()
        with _database(site).open("r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"\0" * 4096)
        done = _call(site, "verify", code=1)
        assert "it is damaged (" in done.stdout
        assert "put a backup in its place" in done.stdout
        told = _call(site, "verify", "--repair", code=1)
        assert "nothing is mended before what needs you first is done" in told.stderr
        backup = _call(site, "backup", str(tmp_path / "backup.db"), code=1)
        assert (
            "where `aggregator verify` finds that, too, stop what uses it, and put a backup" in backup.stderr
        )
        assert "take another" not in backup.stderr
        assert list(tmp_path.iterdir()) == []
    finally:
        _database(site).write_bytes(kept)


def test_a_database_that_was_cut_off_is_found(site):
    """It is told in one line, whether it is seen when it is opened or when it is read."""
    kept = _database(site).read_bytes()
    try:
        _database(site).write_bytes(kept[: len(kept) // 2 // 4096 * 4096])
        done = _call(site, "verify", code=1)
        assert "put a backup in its place" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
    finally:
        _database(site).write_bytes(kept)


def test_what_is_old_is_pruned_at_once(tmp_path):
    """A dry run says how many, and removes none."""
    with Loopback() as loopback:
        feed = Answer(body=rss(item(1, ago(hours=1))))
        site = SiteFolder(tmp_path, [{"id": "daily", "url": loopback.route("/feed", feed)}], [ML])
        site.run("poll")
        with closing(sqlite3.connect(_database(site))) as opened, opened:
            opened.execute("update articles set seen_at = 1, published_at = 1, first_seen_at = 1")
        assert site.run("prune", "--dry-run") == "1 article and 0 sources would be removed\n"
        assert json.loads(site.run("prune", "--json")) == {"articles": 1, "sources": 0, "removed": True}
        assert site.run("prune") == "0 articles and 0 sources were removed\n"
