"""Commands on a site whose database was damaged or emptied."""

import pytest

from tests.integration.site import ML, SiteFolder, ago, item, rss, run_program
from tests.loopback import Answer, Loopback


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site that has polled and published."""
    date = ago(hours=1)
    with Loopback() as loopback:
        source = {"id": "daily", "url": loopback.route("/feed", Answer(body=rss(item(1, date))))}
        made = SiteFolder(tmp_path_factory.mktemp("site"), [source], [ML])
        made.run("poll")
        made.run("publish")
        yield made


@pytest.mark.parametrize("words", [("run", "--port", "0"), ("poll",), ("publish",), ("status",)])
def test_an_emptied_database_beside_a_published_tree_stops_every_command(site, words):
    """No command takes it for a new site: what was published stays, and the line tells the way out."""
    database = site.folder / "data" / "aggregator.db"
    before = (site.feeds / "ml" / "rss.xml").read_bytes()
    database.write_bytes(b"")
    done = run_program(*words, "--config", str(site.config), code=1)
    (line,) = done.stderr.splitlines()
    assert f"{database}: it has 0 bytes, but {site.feeds} holds what was published" in line
    assert "put a backup in its place" in line
    assert database.stat().st_size == 0
    assert (site.feeds / "ml" / "rss.xml").read_bytes() == before


def test_a_database_that_was_never_filled_is_a_new_site(tmp_path):
    """A first start that was killed at once leaves 0 bytes, and nothing published: the next one goes on."""
    site = SiteFolder(tmp_path, [], [ML]).without_store()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "aggregator.db").touch()
    assert "no source is due" in site.run("poll")
    site.run("publish")
    assert (site.feeds / "ml" / "rss.xml").exists()


def test_a_database_that_cannot_be_reached_is_told_in_one_line(tmp_path):
    """The line says what to look at; the password is not told."""
    site = SiteFolder(tmp_path, [], storage={"database": "postgresql://news:secret@127.0.0.1:9/news"})
    done = run_program("poll", "--config", str(site.config), code=1)
    (line,) = done.stderr.splitlines()
    assert "postgresql://news:***@127.0.0.1:9/news: " in line
    assert "Connection refused" in line
    assert "check that the server runs" in line
    assert "secret" not in line


def test_a_store_that_is_gone_beside_a_published_tree_stops_publishing(tmp_path):
    """What was published stays as it is; whoever begins anew moves the tree away."""
    site = SiteFolder(tmp_path, [], [ML])
    site.run("publish")
    site.without_store()
    before = (site.feeds / "ml" / "rss.xml").read_bytes()
    done = run_program("publish", "--config", str(site.config), code=1)
    assert "aggregator.db: it is not there, but " in done.stderr
    assert (site.feeds / "ml" / "rss.xml").read_bytes() == before
    site.feeds.rename(tmp_path / "moved")
    site.run("publish")
