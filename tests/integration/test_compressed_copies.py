"""Compressed copies beside the published texts of a site, as an operator switches them on and off."""

import gzip

import brotli
import pytest

from aggregator.publish.variants import make_variants
from tests.integration.site import TOPICS, SiteFolder, ago, item, rss
from tests.loopback import Answer
from tests.publishing_equality.trees import read_tree


@pytest.fixture
def site(tmp_path, loopback):
    """A site with records, one article and no copies."""
    loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)))))
    made = SiteFolder(
        tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], TOPICS, publish={"records": True}
    )
    made.run("poll")
    made.run("publish")
    return made


def _switch(site, *, is_on):
    settings = site.config / "settings.yaml"
    text = settings.read_text().replace("  compressed: true\n", "")
    settings.write_text(text.replace("publish:\n", "publish:\n  compressed: true\n") if is_on else text)


def test_copies_come_and_go_with_the_setting(site):
    """Switched on, every text has those that it should; a rebuild gives the same; switched off, all go."""
    plain = read_tree(site.feeds)
    _switch(site, is_on=True)
    site.run("publish")
    packed = read_tree(site.feeds)
    copies = {name: body for name, body in packed.items() if name.endswith((".gz", ".br"))}
    assert {"ai/rss.xml.gz", "index.html.br", "opml.xml.gz", "api/news/index.json.gz"} <= copies.keys()
    texts = {name: body for name, body in plain.items() if not name.startswith("_news/")}
    assert copies == {k: v for name, body in texts.items() for k, v in make_variants(name, body).items()}
    assert gzip.decompress(copies["ai/rss.xml.gz"]) == brotli.decompress(copies["ai/rss.xml.br"])
    site.run("rebuild")
    assert read_tree(site.feeds) == packed
    _switch(site, is_on=False)
    site.run("publish")
    assert read_tree(site.feeds) == plain


def test_copies_of_a_removed_topic_follow_the_setting(site):
    """Its feeds stay for a while, with a note; their copies are of that, and go when the setting is off."""
    _switch(site, is_on=True)
    site.run("publish")
    site.write("topics", {"topics": [TOPICS[0]]})
    site.run("publish")
    assert (
        gzip.decompress((site.feeds / "ml/rss.xml.gz").read_bytes())
        == (site.feeds / "ml/rss.xml").read_bytes()
    )
    _switch(site, is_on=False)
    site.run("publish")
    assert (site.feeds / "ml/rss.xml").exists()
    assert [name for name in read_tree(site.feeds) if name.endswith((".gz", ".br"))] == []
