"""The main job over real sockets: sources are polled, articles kept, feeds published."""

from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from tests.integration.site import TOPICS, SiteFolder, ago, item, rss, send_feed
from tests.loopback import Answer


@pytest.fixture
def site(tmp_path, loopback):
    """A site with one source on loopback and two topics."""
    return SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], TOPICS)


def published(site, name="ml/articles/atom.xml"):
    return feedparser.parse((site.feeds / name).read_bytes()).entries


def test_entries_become_items_of_their_topics(site, loopback):
    """Polled entries stand in the feeds of their topic, its parent, and of all."""
    send_feed(loopback, item(1, ago(hours=1)), item(2, ago(hours=2)))
    assert "2 new articles" in site.run("poll")
    site.run("publish")
    for topic in ("ml", "ai", "all"):
        for name in ("articles/atom.xml", "articles/rss.xml", "atom.xml", "rss.xml"):
            entries = published(site, f"{topic}/{name}")
            assert [e.title for e in entries] == [f"Machine learning finds comet {n}" for n in (1, 2)]
            assert all(e.id.startswith("urn:uuid:") for e in entries)


def test_an_edit_keeps_its_place_and_id(site, loopback):
    """A corrected title is published under the same id and date, with a new updated."""
    when = ago(hours=1)
    send_feed(loopback, item(1, when))
    site.run("poll")
    site.run("publish")
    (before,) = published(site)
    send_feed(loopback, item(1, ago(minutes=1), title="Machine learning finds a lost comet"))
    assert "1 edited" in site.run("poll", "--all")
    site.run("publish")
    (after,) = published(site)
    assert after.title == "Machine learning finds a lost comet"
    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated >= before.updated


def test_unchanged_state_leaves_every_file_untouched(site, loopback):
    """Publishing twice writes nothing the second time."""
    send_feed(loopback, item(1, ago(hours=1)))
    site.run("poll")
    site.run("publish")
    stamps = {path: path.stat().st_mtime_ns for path in site.feeds.rglob("*") if path.is_file()}
    assert " 0 files written" in site.run("publish")
    assert {path: path.stat().st_mtime_ns for path in site.feeds.rglob("*") if path.is_file()} == stamps


def test_validators_are_sent_back_as_received(site, loopback):
    """The second poll is conditional, and a 304 is the outcome not_modified."""
    send_feed(loopback, item(1, ago(hours=1)), ETag='W/"odd, one"')
    site.run("poll")
    loopback.route("/feed", Answer(status=304))
    site.run("poll", "--all")
    assert loopback.requests[-1].headers["If-None-Match"] == 'W/"odd, one"'
    assert site.status()["sources"][0]["outcome"] == "not_modified"


def test_the_same_bytes_are_not_read_twice(site, loopback):
    """A source without validators that did not change is not_modified by its body."""
    send_feed(loopback, item(1, ago(hours=1)))
    site.run("poll")
    site.run("poll", "--all")
    assert site.status()["sources"][0]["outcome"] == "not_modified"


def test_a_failing_source_stops_nothing(tmp_path, loopback):
    """One source that fails is named with its reason while the others go on; where most fail, it exits 1."""
    send_feed(loopback, item(1, ago(hours=1)))
    loopback.route("/broken", Answer(status=500))
    loopback.route("/page", Answer(body=b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>', headers={"Content-Type": "text/html"}))  # fmt: skip
    sources = [{"id": name, "url": f"{loopback.url}/{path}"} for name, path in (("ok", "feed"), ("bad", "broken"), ("page", "page"))]  # fmt: skip
    site = SiteFolder(tmp_path, sources, TOPICS)
    assert "1 new article," in site.run("poll", code=1)
    states = {row["id"]: row for row in site.status()["sources"]}
    assert states["ok"]["error"] is None
    assert (states["bad"]["outcome"], states["bad"]["failures"]) == ("failed", 1)
    assert f"{loopback.url}/feed" in states["page"]["error"]


def test_a_round_where_nothing_worked_exits_1(site, loopback):
    """The exit code tells when not one source could be polled."""
    loopback.route("/feed", Answer(status=500))
    site.run("poll", code=1)


def test_gone_is_reported_and_hardly_asked(site, loopback):
    """410 leaves the source with a next poll a week away."""
    loopback.route("/feed", Answer(status=410))
    site.run("poll", code=1)
    (row,) = site.status()["sources"]
    assert (row["outcome"], row["standing"]) == ("gone", "gone")
    next_at = datetime.strptime(row["next_poll_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert next_at - datetime.now(UTC) > timedelta(days=6.9)


def test_a_permanent_redirect_is_followed_and_suggested(site, loopback):
    """301 is followed; the configuration stays, and status says what to change."""
    loopback.route("/new", Answer(body=rss(item(1, ago(hours=1)))))
    loopback.route("/feed", Answer(status=301, headers={"Location": "/new"}))
    site.run("poll")
    (row,) = site.status()["sources"]
    assert row["articles"] == 1
    assert f"{loopback.url}/new" in row["error"]
    assert "/feed" in (site.config / "sources.yaml").read_text()


def test_a_new_rule_is_applied_to_stored_articles(site, loopback):
    """A topic added later takes the articles of the window at the next publish; one removed keeps its feeds."""
    send_feed(loopback, item(1, ago(hours=1)))
    site.run("poll")
    site.run("publish")
    site.write("topics", {"topics": [*TOPICS, {"id": "comets", "name": "Comets", "keywords": ["comet"]}]})
    site.run("publish")
    assert len(published(site, "comets/atom.xml")) == 1
    site.write("topics", {"topics": TOPICS})
    site.run("publish")
    assert len(published(site, "comets/atom.xml")) == 1


def test_articles_of_a_removed_source_stay(site, loopback):
    """A source taken out is no longer polled; its articles stay unless asked otherwise."""
    send_feed(loopback, item(1, ago(hours=1)))
    site.run("poll")
    site.run("sources", "remove", "daily")
    site.run("publish")
    assert len(published(site)) == 1
    assert site.run("poll").strip().startswith("no source is due")
    site.run("sources", "remove", "daily", "--with-articles")
    site.run("publish")
    assert published(site) == []


def test_an_archive_that_comes_back_is_not_announced(site, loopback):
    """Old entries that a known source shows suddenly are kept as records and not published as new."""
    send_feed(loopback, item(1, ago(hours=1)))
    site.run("poll")
    send_feed(loopback, item(1, ago(hours=1)), *(item(n, ago(days=400 + n)) for n in range(10, 20)))
    assert "10 new articles" in site.run("poll", "--all")
    site.run("publish")
    assert len(published(site)) == 1


def test_parse_shows_and_stores_nothing(site, tmp_path):
    """A saved document is shown as records with its problems; no store is made."""
    saved = tmp_path / "saved.xml"
    saved.write_bytes(rss(item(1, ago(hours=1)), "<description></description>"))
    text = site.without_store().run("parse", str(saved))
    assert "Machine learning finds comet 1" in text
    assert "Machine Learning, AI" in text
    assert not (tmp_path / "data").exists()
