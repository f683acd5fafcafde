"""A site is backed up while its service runs, lost, and restored."""

import json
import shutil

from aggregator.store import lock_store
from tests.integration.site import ML, SiteFolder, ago, item, rss, run_program, run_service
from tests.loopback import Answer, Loopback


def test_a_site_that_was_lost_comes_back(tmp_path):
    """The backup is taken beside the service; restored and rebuilt, its feeds have the same bytes."""
    file = tmp_path / "backup.db"
    with Loopback() as loopback:
        feed = Answer(body=rss(item(1, ago(hours=1)), item(2, ago(hours=2))))
        site = SiteFolder(tmp_path / "site", [{"id": "daily", "url": loopback.route("/feed", feed)}], [ML])
        site.run("poll")
        site.run("publish")
        with run_service(site, "--port", "0"):
            done = json.loads(site.run("backup", str(file), "--json"))
            refused = run_program("restore", str(file), "--config", str(site.config), code=3)
        assert done["rows"]["articles"] == 2
        assert "another aggregator run uses" in refused.stderr
        assert "it is there already" in _say(site, "backup", str(file))
        assert "2 articles and 1 source in" in site.run("backup", str(file), "--force")
        assert "it holds 2 articles, which a backup does not replace" in _say(site, "restore", str(file))
        feeds = {path: (site.feeds / "ml" / path).read_text() for path in ("rss.xml", "articles/feed.json")}
        shutil.rmtree(site.folder / "data")
        shutil.rmtree(site.feeds)
        told = site.run("restore", str(file))
        assert f"Now run `aggregator rebuild --config {site.config}`" in told
        site.run("rebuild")
        assert {path: (site.feeds / "ml" / path).read_text() for path in feeds} == feeds
        assert "nothing new" in site.run("poll", "--all") or "0 new" in site.run("poll", "--all")


def test_a_store_that_a_service_uses_is_not_restored(tmp_path):
    """Exit 3, and one line that says what to stop; that a backup has no article is told as it is written."""
    site = SiteFolder(tmp_path, [], [ML])
    site.run("publish")
    written = run_program("backup", str(tmp_path / "backup.db"), "--config", str(site.config), code=0)
    assert "warning: sqlite:///" in written.stderr
    assert "has no articles" in written.stderr
    with lock_store(f"sqlite:///{tmp_path}/data/aggregator.db"):
        done = run_program("restore", str(tmp_path / "backup.db"), "--config", str(site.config), code=3)
    assert "stop it first" in done.stderr


def _say(site, *words):
    (line,) = run_program(*words, "--config", str(site.config), code=1).stderr.splitlines()
    return line
