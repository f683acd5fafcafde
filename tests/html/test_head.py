"""What the head of an article's page says."""

from hypothesis import given
from hypothesis import strategies as st

from aggregator.html import read_head
from aggregator.model import Image

URL = "https://daily.example/a/story"
PAGE = """<!doctype html><html lang="en-GB" amp><head><base href="/">
<link rel="canonical" href="a/story"><link rel="amphtml" href="/amp/a/story">
<meta property="og:description" content="What &amp;amp; why"><meta property="og:site_name" content="The Daily">
<meta property="og:image" content="/og.jpg"><meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">
<script type="application/ld+json">{"@context":"x","@graph":[{"@type":"WebSite","name":"no"},{"@type":["NewsArticle"],
"datePublished":"2026-03-02T10:00:00Z","author":[{"@type":"Person","name":"Ann Lee"},"Bo Ek"],
"image":{"url":"/ld.jpg","width":{"value":800},"height":450},
"publisher":{"name":"The Daily Planet","logo":{"url":"/logo.png"}}}]}</script></head><body><link rel="canonical" href="/evil"></body></html>"""


def test_a_page_says_who_where_and_when():
    """Links, Open Graph and JSON-LD are read, relative to the page's base."""
    head = read_head(PAGE, URL)
    assert head.canonical == "https://daily.example/a/story"
    assert head.amphtml == "https://daily.example/amp/a/story"
    assert head.is_amp
    assert (head.language, head.published) == ("en-gb", "2026-03-02T10:00:00Z")
    assert head.authors == ("Ann Lee", "Bo Ek")
    assert head.images == (
        Image(url="https://daily.example/ld.jpg", width=800, height=450),
        Image(url="https://daily.example/og.jpg", width=1200, height=630),
    )
    assert (head.publisher, head.logo) == ("The Daily Planet", "https://daily.example/logo.png")
    assert (head.description, head.site_name) == ("What & why", "The Daily")


def test_rules_for_robots_are_read_whoever_they_are_for():
    """Elements that say nothing about reuse are left out, as are those without a name."""
    page = (
        '<meta name="robots" content="index, max-snippet:50"><meta name="NewsBot" content="NOARCHIVE">'
        '<meta name="description" content="He said no."><meta property="robots" content="nosnippet">'
        '<meta name="robots" content="index, follow"><body><meta name="robots" content="noindex">'
    )
    assert read_head(page, URL).robots == (("robots", "index, max-snippet:50"), ("NewsBot", "NOARCHIVE"))


def test_only_the_mark_of_amp_is_amp():
    """The attribute counts in both spellings, other kinds and classes do not."""
    assert read_head("<html ⚡>", URL).is_amp
    assert read_head("<html lang=en amp>", URL).is_amp
    for other in ("<html ⚡4ads>", "<html amp4email>", '<html class="amp-page">', "<html>", ""):
        assert not read_head(other, URL).is_amp


def test_broken_json_says_nothing():
    """Rubbish in a block leaves the others."""
    blocks = [
        "{",
        "[" * 100_000,
        '"text"',
        "null",
        '{"@type":"Article","author":[{"name":7},null,"https://x"],"image":[1,{}]}',
    ]
    page = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    head = read_head(page, URL)
    assert (head.authors, head.images) == ((), ())


@given(st.text(max_size=300))
def test_any_page_is_read(text):
    """Nothing raises."""
    for page in (
        text,
        f"<html {text}>",
        f"<link rel=canonical href={text}>",
        f'<script type="application/ld+json">{text}</script>',
    ):
        read_head(page, URL)
