"""A topic that cannot be written is told of, and written once it can be."""

from tests.integration.site import TOPICS, SiteFolder, ago, item, rss
from tests.loopback import Answer


def test_a_topic_that_cannot_be_written_is_named_in_status(tmp_path, loopback):
    """Its last files stay, the others are written; the reason goes once it is written."""
    loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)))))
    sources = [{"id": "daily", "url": f"{loopback.url}/feed", "topics": ["ai", "ml"]}]
    site = SiteFolder(tmp_path, sources, TOPICS)
    site.run("poll")
    in_the_way = site.feeds / "ml" / "rss.xml"
    in_the_way.mkdir(parents=True)
    site.run("publish")
    assert (site.feeds / "ai" / "rss.xml").is_file()
    shown = {topic["id"]: topic for topic in site.status()["topics"]}
    assert "rss.xml" in shown["ml"]["problem"]
    assert "problem" not in shown["ai"]
    in_the_way.rmdir()
    site.run("publish", "--topic", "ml")
    shown = {topic["id"]: topic for topic in site.status()["topics"]}
    assert "problem" not in shown["ml"]
