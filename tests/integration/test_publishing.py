"""Publishing again and again, as a running service does."""

from datetime import UTC, datetime

from aggregator.config import load_config
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import open_store, read_remembered_sources
from tests.integration.site import ML, TOPICS, SiteFolder, ago, item, read_until, rss, run_service, send_feed
from tests.loopback import Answer


def test_only_topics_that_show_something_new_are_rendered(tmp_path, loopback):
    """What the publication before has written is left; a topic with a new item is written."""
    loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)))))
    site = SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], [*TOPICS, {"id": "other", "name": "Other", "keywords": ["zebra"]}])  # fmt: skip
    site.run("poll")
    config = load_config(site.config, {})
    now = datetime.now(UTC)
    with open_store(config.settings.database_url) as store:
        rules = Rules.of(config, read_remembered_sources(store))
        first = publish(Site(rules=rules, store=store, now=now))
        assert any(name.startswith("other/") for name in first.changed)
        again = publish(Site(rules=rules, store=store, now=now))
        assert again.changed == ()
        assert (again.unchanged, again.items) == (0, {})
        loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)), item(2, ago(minutes=1)))))
        site.run("poll", "--all")
        third = publish(Site(rules=rules, store=store, now=now))
        assert {name.split("/")[0] for name in third.changed} == {"all", "ai", "ml"}


def test_a_new_entry_is_grouped_before_it_is_published(tmp_path, loopback):
    """What the service publishes first after a poll has the story of what that brought."""
    off = {"sizes": False, "logos": False}
    source = {"id": "daily", "url": f"{loopback.url}/feed"}
    site = SiteFolder(tmp_path, [source], [ML], server={"port": 0}, images=off, enrich={"pages": False})
    send_feed(loopback, item(1, ago(hours=1)))
    feed = site.feeds / "ml" / "rss.xml"
    with run_service(site) as program:
        while not feed.exists() or b"finds comet 1" not in feed.read_bytes():
            read_until(program, "event=publish")
        send_feed(loopback, item(1, ago(hours=1)), item(2, ago(hours=0)))
        read_until(program, "new=1")
        read_until(program, "event=group articles=1")
        read_until(program, "event=publish")
        assert b"finds comet 2" in feed.read_bytes()
