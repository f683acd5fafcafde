"""A source whose articles are on topic but never published is found out, and told with the reason."""

from dataclasses import replace

import feedparser
import pytest

from aggregator.pipeline.publish.judgements import JUDGED_BY
from aggregator.store import open_store, read_article_batches, write_note
from tests.integration.site import ML, SiteFolder, ago, rss, send_feed
from tests.loopback import Answer

TEXT = "Researchers have shown how a telescope that is trained on old plates finds what people overlooked."


def entry(number, title="Machine learning finds comet", text=TEXT, dated=True):
    """Return an item that has neither picture nor author."""
    when = ago(hours=number)
    date = f"<pubDate>{when}</pubDate>" if dated else ""
    return (
        f"<title>{title} {number}</title><link>https://daily.example/{number}</link>"
        f"<guid>{number}</guid>{date}<description>{text}</description>"
    )


@pytest.fixture
def site(tmp_path, loopback):
    """A site with one source on loopback that has neither pictures nor authors."""
    source = {"id": "daily", "url": f"{loopback.url}/feed"}
    return SiteFolder(tmp_path, [source], [ML], enrich={"pages": False})


def test_a_source_without_pictures_and_authors_is_published(site, loopback):
    """Date, excerpt and a keyword in the title are enough; status counts what is published."""
    send_feed(loopback, entry(1), entry(2, title="Rain"), entry(3, text=""))
    site.run("poll")
    status = site.status()
    assert (status["sources"][0]["on_topic"], status["sources"][0]["published"]) == (2, 1)
    assert status["warnings"] == []
    assert site.run("check", "--stored").splitlines()[1:] == []


@pytest.mark.parametrize(
    ("items", "why"),
    [
        (
            [entry(1, text=""), entry(2, text="Short."), entry(3, text="", dated=False)],
            (
                "3 articles on topic and none published: no excerpt of 80 characters in 3 of 3, "
                "no picture in 3 of 3, no author in 3 of 3, no date in 1 of 3"
            ),
        ),
        (
            [entry(1, title="A comet", text=f"{TEXT} It is machine learning.")],
            (
                "1 article on topic and none published: no keyword in the title in 1 of 1, "
                "no picture in 1 of 1, no author in 1 of 1"
            ),
        ),
    ],
)
def test_a_source_of_which_nothing_is_published_is_warned_of(site, loopback, items, why):
    """The warning says what its articles lack, the most frequent first; check says so too, and exits 0."""
    send_feed(loopback, *items)
    site.run("poll")
    assert site.status()["warnings"] == [{"id": "daily", "warning": why}]
    assert why in site.run("status")
    assert f"warning: daily: {why}" in site.run("check", "--stored")
    assert "warning" not in site.run("check")


def test_stored_articles_are_judged_again_by_new_points(site, loopback):
    """What an older version judged gets today's quality, and keeps its date of change."""
    send_feed(loopback, entry(1))
    site.run("poll")
    with open_store(f"sqlite:///{site.folder}/data/aggregator.db") as store:
        ((before,),) = read_article_batches(store)
        store.update_articles([replace(before, quality=66, quality_parts={"base": 66})])
        write_note(store, JUDGED_BY, "an older version")
    site.run("publish")
    with open_store(f"sqlite:///{site.folder}/data/aggregator.db") as store:
        ((after,),) = read_article_batches(store)
    assert before.quality == 70
    assert after == before


def test_a_publisher_has_one_name_in_all_its_articles(tmp_path, loopback):
    """A section's feed does not name it; a name learnt later moves no date; status lists whom nobody named."""
    sources = [{"id": name, "url": f"{loopback.url}/{name}"} for name in ("coast", "world")]
    site = SiteFolder(tmp_path, sources, [ML], enrich={"pages": False})
    loopback.route("/coast", Answer(body=rss(entry(1), title="California")))
    site.run("poll", "--source", "coast")
    site.run("publish")
    path = site.feeds / "ml/articles/atom.xml"
    (before,) = feedparser.parse(path.read_bytes()).entries
    loopback.route(
        "/world", Answer(body=rss(entry(2, title="Other machine learning"), title="Daily > World"))
    )
    site.run("poll", "--source", "world")
    site.run("publish")
    after = feedparser.parse(path.read_bytes()).entries
    assert before.author == "daily.example"
    assert [e.author for e in after] == ["Daily", "Daily"]
    assert after[0].updated == before.updated
    assert site.status()["publishers"] == [
        {"domain": "daily.example", "name": "Daily", "from": "feed", "articles": 2}
    ]
    site.write("providers", {"providers": [{"domain": "daily.example", "name": "The Daily Example"}]})
    site.run("publish")
    assert {e.author for e in feedparser.parse(path.read_bytes()).entries} == {"The Daily Example"}
    assert site.status()["publishers"] == []


def test_channels_of_a_platform_keep_their_own_names(tmp_path, loopback):
    """Where many publish under one domain, one channel's name is not another's."""
    sources = [{"id": name, "url": f"{loopback.url}/{name}"} for name in ("coast", "hills")]
    site = SiteFolder(tmp_path, sources, [ML], enrich={"pages": False})
    link = "https://www.youtube.com/"
    for number, source in enumerate(sources):
        item = entry(number + 1, title=f"Machine learning {source['id']}").replace(
            "https://daily.example/", f"{link}watch?v=abcdefghij"
        )
        body = rss(item, title=f"{source['id'].title()} Channel One", link=link)
        loopback.route(f"/{source['id']}", Answer(body=body))
    site.run("poll")
    site.run("publish")
    entries = feedparser.parse((site.feeds / "ml/articles/atom.xml").read_bytes()).entries
    assert {e.author for e in entries} == {"Coast Channel One", "Hills Channel One"}
    assert site.status()["publishers"] == []
