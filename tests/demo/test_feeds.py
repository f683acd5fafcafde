"""The feeds, as feed readers see them."""

import json

import feedparser
import pytest

from aggregator.demo.pieces import publishers
from tests.demo.visitor import START

EXPECTED = {
    "daily-planet": "rss20",
    "circuit-gazette": "atom10",
    "tensor-times": "rss10",
    "bytewell": "rss20",
    "the-lamplighter": "atom10",
    "the-roundup": "rss20",
}
OTHERS = [by.id for by in publishers().values() if by.style not in ("json", "broken")]


def parsed(visitor, publisher):
    answer = visitor.get(publisher)
    return feedparser.parse(answer.content, response_headers=dict(answer.headers))


@pytest.mark.parametrize("publisher", OTHERS)
def test_feeds_are_well_formed(visitor, publisher):
    """Every feed but the broken one is XML without a fault, and each entry has title, link, id, time."""
    visitor.elapsed_s = 70
    feed = parsed(visitor, publisher)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.feed.title == publishers()[publisher].name
    assert len(feed.entries) >= 3
    for entry in feed.entries:
        assert entry.title
        assert entry.link.startswith("http://")
        assert entry.get("published_parsed") or entry.updated_parsed
        assert entry.id


@pytest.mark.parametrize(("publisher", "version"), EXPECTED.items())
def test_styles_differ(visitor, publisher, version):
    """Each house has its format."""
    assert parsed(visitor, publisher).version == version


def test_json_feed_is_of_version_1_1(visitor):
    """The JSON Feed names its version, and its items have what the format asks for."""
    feed = json.loads(visitor.get("signal-and-noise").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    for item in feed["items"]:
        assert item["id"]
        assert item["content_html"]
        assert item["date_published"].endswith("Z")


def test_the_broken_feed_is_broken_yet_readable(visitor):
    """No XML parser takes it, its bytes are not UTF-8, and still all titles and links are there."""
    visitor.elapsed_s = 300
    body = visitor.get("bytewell").content
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert b"encoding=" not in body
    assert b"&nbsp;" in body
    assert b"\x0b" in body
    assert b"<guid" not in body
    feed = parsed(visitor, "bytewell")
    assert feed.bozo
    titles = [entry.title for entry in feed.entries]
    assert any("Halcyon-2" in title for title in titles)
    assert len(titles) == body.count(b"<item>") >= 8
    assert all(entry.link.startswith("http://bytewell.localhost:") for entry in feed.entries)


def test_the_broken_feed_ends_early_now_and_then(visitor):
    """A cut document ends within an entry, and only the whole entries count as served."""
    visitor.elapsed_s = 65
    body = visitor.get("bytewell").content
    assert b"</rss>" not in body
    served = visitor.newsroom.entries_served()["bytewell"]
    assert len(served) == body.count(b"</item>") == body.count(b"<item>") - 1
    visitor.elapsed_s = 80
    assert b"</rss>" in visitor.get("bytewell").content
    assert served < visitor.newsroom.entries_served()["bytewell"]


def test_pictures_stand_where_each_house_puts_them(visitor):
    """Media RSS with sizes, enclosures, JSON's image, and pictures in the text only."""
    planet = visitor.entries("daily-planet")[0]
    assert planet.media_content[0]["width"] == "800"
    assert visitor.entries("meridian-wire")[0].enclosures[0].type == "image/png"
    assert any("image" in item for item in visitor.entries("signal-and-noise"))
    tensor = visitor.entries("tensor-times")[0]
    assert "media_content" not in tensor
    assert "<img" in tensor.content[0].value


def test_atom_addresses_are_relative(visitor):
    """The Atom feeds rely on xml:base, and feed readers find the same addresses as on the home page."""
    body = visitor.get("circuit-gazette").text
    assert 'link href="articles/' in body
    assert "xhtml" in body
    home = visitor.get("circuit-gazette", "/").text
    for entry in visitor.entries("circuit-gazette"):
        assert f'href="{entry.link}"' in home


def test_videos_carry_their_player(visitor):
    """Video entries embed a privacy-friendly player and show a thumbnail."""
    for entry in visitor.entries("lens-tv"):
        assert entry.media_player["url"].startswith("https://www.youtube-nocookie.com/embed/")
        assert entry.media_thumbnail[0]["url"].endswith(".png")


def test_copies_are_credited(visitor):
    """One house credits the agency with a source element, the other with a dateline."""
    visitor.elapsed_s = 115
    echo = [entry for entry in visitor.entries("evening-echo") if "source" in entry]
    assert {entry.source.title for entry in echo} == {"Meridian Wire"}
    (courier,) = [entry for entry in visitor.entries("harbour-courier") if "eye scans" in entry.title]
    assert courier.summary.startswith("ST BRANNOC (Meridian Wire) — ")


def test_times_are_those_of_the_script(visitor):
    """An entry's time is the start plus its offset, whatever the time of the visit."""
    visitor.elapsed_s = 300
    found = {entry.title: entry.published_parsed for entry in visitor.entries("meridian-wire")}
    chip = found["Norvane unveils Halcyon-2 AI chip, promises half the power"]
    assert chip[:6] == (2026, 3, 12, 8, 30, 20)


def test_weekdays_fit_the_date(visitor):
    """Texts that say when something happened name the weekday of the newsroom's own calendar."""
    visitor.elapsed_s = 60
    (chip,) = [entry for entry in visitor.entries("meridian-wire") if "Halcyon" in entry.title]
    assert f"on {START:%A}" in chip.summary
