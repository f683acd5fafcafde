"""What a reader finds behind the links."""

import json
import re
import struct
import zlib
from urllib.parse import urlsplit

import pytest

from aggregator.demo.pieces import publishers
from tests.demo.visitor import visiting

JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>')
ALIVE = [by.id for by in publishers().values() if by.moves_to or not by.dies_at_s]
WITH_AMP = [by.id for by in publishers().values() if by.amp]


@pytest.fixture(scope="module")
def late():
    """A visitor of a newsroom whose script is over."""
    with visiting() as visitor:
        visitor.elapsed_s = 1150
        yield visitor


def links(visitor, publisher):
    """Return the addresses that a publisher's page or feed lists."""
    target = publishers()[publisher].moves_to
    body = visitor.get(publisher, target).text
    if publishers()[publisher].style == "json":
        return [item["url"] for item in json.loads(body)["items"]]
    found = visitor.get(publisher, "/").text
    return re.findall(r'<li><a href="([^"]+)"', found)


def pixels(png):
    """Return width and height of a PNG whose every row is there."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    start = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[start - 4 : start])
    assert len(zlib.decompress(png[start + 4 : start + 4 + length])) == height * (1 + 3 * width)
    return width, height


@pytest.mark.parametrize("publisher", ALIVE)
def test_every_link_of_a_feed_opens(late, publisher):
    """All links of a feed answer 200 with a page that names its canonical address."""
    target = publishers()[publisher].moves_to
    assert late.get(publisher, target).status_code == 200
    found = links(late, publisher)
    assert len(found) >= 5
    for link in found:
        page = late.open(link)
        assert page.status_code == 200, link
        assert re.search(r'rel="canonical" href="([^"]+)"', page.text)[1] == link


def test_pages_say_what_they_are(late):
    """An article's page has Open Graph and JSON-LD with times, author, picture and logo."""
    link = links(late, "daily-planet")[-1]
    page = late.open(link).text
    for name in ("og:title", "og:description", "og:image", "og:site_name", "article:published_time"):
        assert f'property="{name}"' in page
    said = json.loads(JSON_LD.search(page)[1])
    assert said["@type"] == "NewsArticle"
    assert said["mainEntityOfPage"] == link
    assert said["publisher"]["name"] == "The Daily Planet"
    assert said["author"][0]["name"] in publishers()["daily-planet"].staff
    assert pixels(late.open(said["image"]["url"]).content) == (
        said["image"]["width"],
        said["image"]["height"],
    )
    assert pixels(late.open(said["publisher"]["logo"]["url"]).content) == (200, 200)


@pytest.mark.parametrize("publisher", WITH_AMP)
def test_amp_pages_point_back(late, publisher):
    """An AMP page is one, and its canonical link is the article's page, but for the house that errs."""
    for link in links(late, publisher)[:5]:
        amp_url = re.search(r'rel="amphtml" href="([^"]+)"', late.open(link).text)[1]
        amp = late.open(amp_url).text
        assert "<html amp " in amp
        assert "https://cdn.ampproject.org/v0.js" in amp
        canonical = re.search(r'rel="canonical" href="([^"]+)"', amp)[1]
        assert (canonical == link) != publishers()[publisher].amp_is_wrong


def test_some_publishers_have_no_amp(late):
    """AMP pages exist at five publishers or more, not at all, and exactly one gets them wrong."""
    assert 5 <= len(WITH_AMP) < len(publishers())
    assert [name for name in WITH_AMP if publishers()[name].amp_is_wrong] == ["robot-post"]
    assert "amphtml" not in late.open(links(late, "meridian-wire")[0]).text


@pytest.mark.parametrize("publisher", list(publishers()))
def test_every_house_has_its_front(late, publisher):
    """The front page leads to the feed by autodiscovery; logo, favicon and robots.txt are there."""
    home = late.get(publisher, "/").text
    feed = re.search(r'<link rel="alternate" [^>]*href="([^"]+)"', home)[1]
    assert feed == publishers()[publisher].feed_at(late.elapsed_s)
    icon = late.get(publisher, "/favicon.ico")
    assert icon.content[:6] == b"\0\0\1\0\1\0"
    assert pixels(icon.content[22:]) == (32, 32)
    assert pixels(late.get(publisher, "/logo.png").content) == (200, 200)
    assert late.get(publisher, "/robots.txt").text.startswith("User-agent: *")


def test_one_house_keeps_robots_out(late):
    """One robots.txt closes everything but the feed; the others leave articles open."""
    closed = [name for name in publishers() if "\nDisallow: /\n" in late.get(name, "/robots.txt").text]
    assert closed == ["the-lamplighter"]


def test_pictures_differ_by_article_and_not_by_visit(late):
    """Each article has a picture of its own, the same each time."""
    urls = [
        re.search(r'property="og:image" content="([^"]+)"', late.open(link).text)[1]
        for link in links(late, "circuit-gazette")[:4]
    ]
    drawn = [late.open(url).content for url in urls]
    assert len(set(drawn)) == len(drawn)
    assert [late.open(url).content for url in urls] == drawn
    assert all(pixels(png) == (800, 450) for png in drawn)


def test_a_video_page_plays(late):
    """The page of a video embeds its player."""
    page = late.open(links(late, "lens-tv")[0]).text
    assert re.search(r'<iframe src="https://www\.youtube-nocookie\.com/embed/[\w-]{11}"', page)


def test_unknown_pages_are_missing(late):
    """What no publisher has, or has not out yet, is 404."""
    assert late.get("daily-planet", "/2026/03/12/no-such-news").status_code == 404
    assert late.get("daily-planet", "/pictures/no-such-news.png").status_code == 404
    link = urlsplit(links(late, "meridian-wire")[0]).path
    with visiting() as early:
        assert early.get("meridian-wire", link).status_code == 404


def test_other_hosts_show_the_publishers(late):
    """Asked by number, the newsroom lists its publishers."""
    page = late.client.get(f"http://127.0.0.1:{late.newsroom.port}/").text
    assert all(late.newsroom.url(name) in page for name in publishers())
