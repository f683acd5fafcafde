"""Which entries are one article, over real sockets: what is stored, published, logged and counted."""

import json

import feedparser
import pytest

from tests.integration.site import ML, SiteFolder, ago, item, rss, run_program, send_feed

WHEN = ago(hours=1)


@pytest.fixture
def site(tmp_path, loopback):
    """A site with two sources on loopback."""
    sources = [{"id": name, "url": f"{loopback.url}/{name}"} for name in ("daily", "local")]
    return SiteFolder(
        tmp_path, sources, [ML], enrich={"pages": False}, images={"sizes": False, "logos": False}
    )


def poll(site):
    return run_program("poll", "--all", "--config", str(site.config))


def joined(site):
    return {source["id"]: source["joined"] for source in site.status()["sources"]}


def test_what_is_joined_is_logged_once_and_counted(site, loopback):
    """An article at a second source under another address is one article, and the operator can see why."""
    first = item(1, WHEN)
    send_feed(loopback, first, path="/daily")
    send_feed(loopback, path="/local")
    poll(site)
    elsewhere = first.replace("daily.example/1<", "daily.example/local/x<").replace("g1<", "l1<")
    send_feed(loopback, elsewhere, path="/local")
    done = poll(site)
    assert "0 new articles" in done.stdout
    (line,) = (line for line in done.stderr.splitlines() if "joined" in line)
    assert "https://daily.example/local/x" in line
    assert "https://daily.example/1" in line
    assert "same title, text and date" in line
    assert "joined" not in poll(site).stderr
    assert joined(site) == {"daily": 0, "local": 1}
    assert json.loads(site.run("status", "--source", "local", "--json"))["joined"] == 1


def test_parse_tells_how_many_entries_are_the_same(site, tmp_path):
    """As text and as JSON; entries that only share a title are not."""
    other = item(1, WHEN).replace("daily.example/1<", "daily.example/2<").replace("g1<", "g2<")
    another = other.replace("daily.example/2<", "daily.example/3<").replace("g2<", "g3<")
    saved = tmp_path / "saved.xml"
    saved.write_bytes(
        rss(item(1, WHEN), other, another.replace("Astronomers", "Some others, years ago, did not"))
    )
    assert "\n  1 of them taken for the same as another\n" in site.run("parse", str(saved))
    assert json.loads(site.run("parse", "--json", str(saved)))["same"] == 1


@pytest.mark.parametrize(
    "link",
    [
        "https://daily.example/s;jsessionid={0}?token={0}",
        "{1}://daily.example/1",
        "https://daily.example/t{0}/a",
    ],
)
def test_an_address_that_rotates_edits_nothing(site, loopback, link):
    """What subscribers get stays byte for byte while nothing that a reader sees changes."""
    send_feed(loopback, path="/local")
    published = set()
    for number in range(4):
        stated = link.format(number, "http" if number == 3 else "https")
        rotated = item(1, WHEN).replace("https://daily.example/1<", f"{stated}<")
        send_feed(loopback, rotated, path="/daily")
        poll(site)
        site.run("publish")
        feeds = [(site.feeds / "ml" / "articles" / name).read_bytes() for name in ("rss.xml", "atom.xml")]
        published.add(tuple(feeds))
    assert len(published) == 1
    assert len(feedparser.parse(feeds[0]).entries) == 1


def test_releases_of_two_projects_are_two_articles(site, loopback):
    """Their host has many owners, and their title is that of many releases."""
    for name in ("daily", "local"):
        link = f"https://github.com/example/{name}/releases/tag/v1.2.0<"
        release = (
            item(1, WHEN, title="v1.2.0").replace("https://daily.example/1<", link).replace("g1<", f"{name}<")
        )
        send_feed(loopback, release, path=f"/{name}")
    assert "2 new articles" in poll(site).stdout
