"""The published pages in a real browser, under the server's own security headers."""

from urllib.parse import urljoin
from urllib.request import urlopen

import feedparser
import pytest
from selectolax.lexbor import LexborHTMLParser

from aggregator.serve import Server, create_app
from tests.browser.news import EXCERPTS, TITLES

pytestmark = pytest.mark.browser
PAPER = (0xFB, 0xFA, 0xF7)
WHITE = (255, 255, 255)


def test_the_topic_page_shows_its_items(chromium, server):
    """Every article stands there with title, provider, time, excerpt and picture, newest first."""
    dom, _ = chromium.read(f"{server.url}/ml/")
    page = LexborHTMLParser(dom)
    articles = page.css("article")
    assert [article.css_first("h2").text(strip=True) for article in articles] == list(TITLES)
    for article, excerpt in zip(articles, EXCERPTS, strict=True):
        assert article.css_first("time").attributes["datetime"]
        assert article.css_first(".provider").text(strip=True) == "Daily"
        assert article.css_first(".excerpt").text(strip=True) == excerpt
        assert article.css_first("img").attributes["src"].endswith(".svg")


def test_pictures_of_publishers_are_shown(chromium, server, publishers):
    """The content policy lets the browser fetch the pictures, and it tells the publisher no page."""
    chromium.read(f"{server.url}/ml/")
    shown = [request for request in publishers.requests if request.path == "/0.svg"]
    assert shown
    assert all(request.headers["Referer"] is None for request in shown)


def test_what_publishers_write_is_not_run(chromium, server):
    """A script in an entry is neither run nor in the page."""
    dom, _ = chromium.read(f"{server.url}/ml/")
    page = LexborHTMLParser(dom)
    assert "Machine Learning" in page.css_first("title").text()
    assert page.css("script") == []


@pytest.mark.parametrize("path", ["/", "/ml/", "/all/"])
def test_autodiscovery_leads_to_feeds(chromium, server, path):
    """Each feed link of a page, resolved as the browser has it, is a feed with items, or with no changes."""
    dom, _ = chromium.read(f"{server.url}{path}")
    links = LexborHTMLParser(dom).css('link[rel="alternate"]')
    feeds = {link.attributes["href"]: link.attributes["type"] for link in links}
    kinds = {"application/rss+xml", "application/atom+xml", "application/feed+json"}
    assert kinds <= set(feeds.values())
    for href, kind in feeds.items():
        with urlopen(urljoin(f"{server.url}{path}", href)) as answer:
            assert answer.headers["Content-Type"].startswith(kind)
            body = answer.read()
        if kind in kinds - {"application/feed+json"}:
            titles = set() if href.endswith("changes.atom") else set(TITLES)
            assert {entry.title for entry in feedparser.parse(body).entries} == titles


@pytest.mark.parametrize("path", ["/", "/ml/", "/no-such-page"])
def test_the_style_sheet_is_applied(chromium, server, path):
    """The page has the paper's colour, so that its style sheet was found, allowed and understood."""
    assert chromium.corner(f"{server.url}{path}") == PAPER


@pytest.mark.parametrize("path", ["/", "/ml/", "/all/"])
def test_the_console_is_silent(chromium, server, path):
    """Nothing on a page is refused by the content policy, missing, or wrong."""
    _, console = chromium.read(f"{server.url}{path}")
    assert console == []


def test_a_refusal_would_be_seen(chromium, tmp_path):
    """A style or script that stands in a page itself is refused, told in the console, and without effect."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "index.html").write_text(
        "<!doctype html><style>body { background: #fbfaf7 }</style><script>document.title = 1</script><p>Hello"
    )
    with Server(create_app(tree), "127.0.0.1", 0) as server:
        dom, console = chromium.read(f"{server.url}/")
        assert chromium.corner(f"{server.url}/") == WHITE
    assert "<title>" not in dom
    assert any("Content Security Policy" in line for line in console)
