"""Publishing again and again, as a running service does."""

from datetime import UTC, datetime

from aggregator.config import load_config
from aggregator.pipeline.publish.publication import publish
from aggregator.rules import Rules
from aggregator.store import open_store, read_remembered_sources
from tests.integration.site import TOPICS, SiteFolder, ago, item, rss
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
        first = publish(rules=rules, store=store, now=now)
        assert any(name.startswith("other/") for name in first.changed)
        again = publish(rules=rules, store=store, now=now)
        assert again.changed == ()
        assert (again.unchanged, again.items) == (0, {})
        loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)), item(2, ago(minutes=1)))))
        site.run("poll", "--all")
        third = publish(rules=rules, store=store, now=now)
        assert {name.split("/")[0] for name in third.changed} == {"all", "ai", "ml"}
