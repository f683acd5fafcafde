"""The pages and the list of feeds."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from lxml import html

from aggregator.model import Image
from aggregator.publish.correction_feed import render_corrections
from aggregator.publish.feed_formats import ATOM, FEED_FORMATS
from aggregator.publish.opml import render_opml
from aggregator.publish.site import render_assets, render_index
from aggregator.publish.tree import render_site
from aggregator.publish.tree_paths import CHANGES
from tests.builders import HOSTILE, NOON, SITE, channel, example_article, rich_article
from tests.publish.rendering import render_feed, render_page, topic_files

FEEDS = {form.media_type: form.file_name for form in FEED_FORMATS}


def _alternates(page):
    return {(link.get("type"), link.get("href")) for link in page.xpath("//head/link[@rel='alternate']")}


def test_a_topic_page_lists_its_articles():
    """Each article shows title with link, publisher, time, excerpt, picture and topics."""
    page = html.fromstring(render_page(channel(), [rich_article(), example_article(2)]))
    assert len(page.xpath("//article")) == 2
    first = page.xpath("//article")[0]
    assert first.xpath("string(h2|.//h2)") == "IBM pushes for limits 0"
    assert first.xpath(".//h2/a/@href") == ["https://www.zdnet.com/article/0/"]
    assert first.xpath("string(.//*[@class='provider'])") == "ZDNet"
    assert first.xpath(".//time/@datetime") == ["2020-09-14T12:00:00Z"]
    assert first.xpath("string(.//time)") == "14 Sep 2020, 12:00 UTC"
    assert first.xpath("string(.//*[@class='excerpt'])") == "IBM has called for limits on facial recognition."
    assert first.xpath(".//img/@width | .//img/@height") == ["1200", "675"]
    assert first.xpath(".//*[@class='topics']/li//text()") == ["Computer Vision", "AI"]
    assert first.xpath(".//h2/@lang") == ["de"]


def test_a_topic_page_offers_its_feeds():
    """All formats stand in the head for autodiscovery, and as links for people."""
    page = html.fromstring(render_page(channel(), []))
    feeds = {(kind, f"../ai/{name}") for kind, name in FEEDS.items()}
    assert _alternates(page) == {*feeds, ("application/atom+xml", f"../ai/{CHANGES}")}
    assert page.xpath("//ul[@class='feeds']//a/@href") == [f"../ai/{name}" for name in FEEDS.values()]
    assert page.get("lang") == "en-us"


def test_a_topic_page_without_articles_says_so():
    """An empty topic has a sentence in the articles' place."""
    assert b"No articles yet" in render_page(channel(), [])
    assert b"No articles yet" not in render_page(channel(), [example_article()])


def test_pages_are_safe_under_a_strict_policy():
    """No script, no inline style, nothing remote but pictures, and links that give nothing away."""
    nasty = example_article(
        title=HOSTILE, excerpt=HOSTILE, images=(Image(url='https://img.example.org/"onerror=x'),)
    )
    page = html.fromstring(render_page(channel(name=HOSTILE), [nasty]))
    assert not page.xpath("//script | //style | //iframe | //*[@style] | //@*[starts-with(name(), 'on')]")
    assert page.xpath("//link[@rel='stylesheet']/@href") == ["../assets/style.css"]
    assert set(page.xpath("//article//a[starts-with(@href, 'http')]/@rel")) == {"noopener nofollow"}
    assert page.xpath("//img/@referrerpolicy") == ["no-referrer"]
    assert page.xpath("//img/@loading") == ["lazy"]


LEFT_TO_RIGHT = [
    "en-us", "de", "ku", "ku-TR", "pa", "pa-IN", "az", "az-AZ", "uz", "uz-UZ", "ms", "ms-MY", "ha", "kk-KZ", "ug-KZ",
    "ar-Latn", "he-Latn-IL", "sd-Deva", "ks-Deva-IN", "arn", "fao", "hebx", "yid-Latn", "psi", "sdk", "el", "zh-Hant",
    "en-x-arab", "de-u-nu-arab", "ff", "ff-Latn", "tg", "ckx", "dav", "fil",
]  # fmt: skip
RIGHT_TO_LEFT = [
    "ar", "ar-EG", "AR-sa", "he", "he_IL", "iw", "fa", "fa-AF", "prs", "ur", "ur-PK", "ps", "sd", "ug", "ug-CN", "yi",
    "ji", "dv", "ckb", "ckb-IQ", "ckb-Arab", "sdh", "ku-Arab", "ku-Arab-IQ", "KU_ARAB", "pa-Arab", "pa-PK", "az-Arab",
    "az-IR", "uz-Arab", "uz-AF", "ms-Arab", "ms-arab-my", "kk-Arab", "ha-Arab", "ky-CN", "ks", "ks-Arab", "arc", "syr",
    "aii", "nqo", "ff-Adlm", "rhg", "rhg-Rohg", "en-Arab", "en-Hebr", "und-Thaa", "ary", "arz", "apc", "lrc", "mzn",
    "skr", "pnb", "lad", "ar-x-lang", "zh-cmn-Nkoo", "ara", "heb", "fas",
]  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "direction"),
    [*((tag, "ltr") for tag in LEFT_TO_RIGHT), *((tag, "rtl") for tag in RIGHT_TO_LEFT)],
)
def test_pages_follow_the_locale(locale, direction):
    """Language and direction of writing come from the site's locale."""
    page = html.fromstring(render_index(replace(SITE, locale=locale), []))
    assert (page.get("lang"), page.get("dir")) == (locale.replace("_", "-"), direction)


def test_the_index_shows_topics_below_their_parents():
    """A narrower topic stands in its parent's list, with its own feeds."""
    channels = [channel("all"), channel("computer-vision", parent="ai"), channel("ai")]
    page = html.fromstring(render_index(SITE, channels))
    assert page.xpath("//ul[@class='index']/li/div//h2/a/text()") == ["All topics", "AI"]
    assert page.xpath("//ul[@class='branches']/li/div//h2/a/text()") == ["Computer Vision"]
    assert _alternates(page) >= {(kind, f"computer-vision/{name}") for kind, name in FEEDS.items()}
    assert page.xpath("//main//a/@href")[:2] == ["all/", "all/rss.xml"]
    assert page.xpath("//header//a/@href") == ["opml.xml"]


def test_the_index_shows_topics_with_impossible_parents():
    """Parents that are missing, or go round in a circle, do not make a topic disappear."""
    channels = [channel("a", parent="b"), channel("b", parent="a"), channel("c", parent="gone")]
    page = html.fromstring(render_index(SITE, channels))
    assert page.xpath("//main//h2/a/@href") == ["a/", "b/", "c/"]


@pytest.mark.parametrize(
    ("contact", "link"),
    [("desk@example.org", ["mailto:desk@example.org"]), ("https://example.org/us", ["https://example.org/us"]),
     ("ring twice", []), (None, [])],
)  # fmt: skip
def test_the_index_tells_whom_to_contact(contact, link):
    """An e-mail or web address is a link, other text is text, and without a contact there is nothing."""
    page = html.fromstring(render_index(replace(SITE, contact=contact), []))
    assert page.xpath("//footer//a/@href") == link
    assert bool(page.xpath("//footer")) == bool(contact)


def test_opml_lists_the_feeds():
    """Each topic is an outline that a reader can subscribe to; nothing depends on the clock."""
    opml = ElementTree.fromstring(render_opml(SITE, [channel(name="AI & more"), channel("computer-vision")]))
    assert (opml.tag, opml.get("version"), opml.findtext("head/title")) == ("opml", "2.0", "AI News")
    first, second = opml.findall("body/outline")
    assert first.get("text") == first.get("title") == "AI & more – AI News"
    assert first.get("type") == "rss"
    assert first.get("xmlUrl") == "https://feeds.example.org/ai/rss.xml"
    assert first.get("htmlUrl") == "https://feeds.example.org/ai/"
    assert second.get("xmlUrl") == "https://feeds.example.org/computer-vision/rss.xml"
    assert opml.find("head/dateCreated") is None


def test_the_files_of_a_topic():
    """Both feed addresses hold the same items with the same ids, each naming itself."""
    files = topic_files(channel(), [example_article()])
    folders = ("ai/articles/", "ai/")
    assert set(files) == {f"{folder}{name}" for folder in folders for name in FEEDS.values()} | {
        "ai/index.html"
    }
    for name in FEEDS.values():
        inner, outer = files[f"ai/articles/{name}"], files[f"ai/{name}"]
        assert inner != outer, f"{name}: the feed does not name its own address"
        assert inner.replace(f"ai/articles/{name}".encode(), f"ai/{name}".encode()) == outer


def test_every_link_within_the_tree_leads_to_a_file():
    """What the pages refer to relatively is among the files that are published."""
    channels = [channel("all"), channel("ai"), channel("computer-vision", parent="ai")]
    files = render_site(SITE, channels)
    for one in channels:
        files |= topic_files(one, [example_article()])
        files[f"{one.topic_id}/{CHANGES}"] = render_corrections(one, [], NOON, of_site=False)
    for name, content in files.items():
        if name.endswith(".html"):
            folder = name.removesuffix("index.html")
            for reference in re.findall(r'(?:href|src)="([^":#]*)"', content.decode()):
                target = "" if reference == "../" else f"{folder}{reference}".replace(f"{folder}../", "")
                assert target in files or f"{target}index.html" in files, (name, reference)


def test_the_shared_style_sheet():
    """The pages' style is one file, and asks for nothing remote."""
    style = render_assets()["assets/style.css"]
    assert b"prefers-color-scheme: dark" in style
    assert b"url(" not in style
    assert b"@import" not in style


def test_pages_have_an_icon():
    """Browsers find an icon where they look for it, and one that pages and feeds name."""
    assets = render_assets()
    assert assets["favicon.ico"].startswith(b"\x00\x00\x01\x00")
    assert assets["assets/icon.png"].startswith(b"\x89PNG")
    page = html.fromstring(render_page(channel(), [example_article()]))
    assert page.xpath("//link[@rel='icon']/@href") == ["../favicon.ico", "../assets/icon.png"]
    assert b"<icon>https://feeds.example.org/assets/icon.png</icon>" in render_feed(
        ATOM, channel(), [example_article()]
    )


def test_a_page_links_the_amp_page_where_there_is_one():
    """A reader finds the publisher's AMP page beside the time, and no link where none is proved."""
    channel_, url = channel(), "https://www.zdnet.com/google-amp/article/0/"
    assert f'<a class="amp" href="{url}"' in render_page(channel_, [example_article(amp_url=url)]).decode()
    assert 'class="amp"' not in render_page(channel_, [example_article(amp_url=None)]).decode()
