"""HTML as feeds carry it."""

import html as entities

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.html import (
    decode_text,
    embed_for,
    feed_links,
    images_in,
    is_tracking_image,
    plain_text,
    safe_embed,
    sanitise_html,
)
from aggregator.model import Image
from aggregator.text import clean_text

PAGE = "https://daily.example/a/b"
WORDS = st.lists(st.from_regex(r"[a-zA-Zäöü0-9.,!?'\"-]{1,9}", fullmatch=True), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>two <b>th</b>ree<br>four</p>", "One two three four"),
        ("It&#8217;s &amp;#8217;twice&amp;#8217;", "It’s ’twice’"),
        ("no&nbsp;break&amp;nbsp;here", "no break here"),
        ("AT&T &amp; a < b, 5 > 3", "AT&T & a < b, 5 > 3"),
        ("&lt;b&gt;bold&lt;/b&gt; move", "bold move"),
        ("<script>alert(1)</script>seen<style>p{}</style><!-- c -->", "seen"),
        ("<![CDATA[<p>left over</p>]]>text", "left over text"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_plain_text(html, text):
    """Tags go, entities are decoded, what only looks like markup stays."""
    assert plain_text(html) == text


@given(WORDS)
def test_plain_text_of_escaped_text_is_the_text(text):
    """Escaping once or twice and wrapping in tags changes nothing."""
    once = entities.escape(text)
    assert plain_text(f"<p>{once}</p>") == plain_text(entities.escape(once)) == clean_text(text)


@given(st.text(alphabet=st.characters(codec=None), max_size=300))
def test_anything_is_taken(text):
    """No input raises, and no tag is left in a text."""
    assert "<script>" not in plain_text(text).lower()
    for result in (decode_text(text), sanitise_html(text.encode("utf-8", "replace").decode())):
        assert isinstance(result, str)
    images_in(f"<img {text}>", PAGE)
    safe_embed(f"<iframe {text}>")
    feed_links(text, PAGE)


def test_a_million_nested_tags_are_read():
    """Depth costs neither the stack nor the text below."""
    assert plain_text("<b>" * 1_000_000 + "deep") == "deep"


def test_decode_text_keeps_brackets():
    """Text that is not HTML keeps its characters."""
    assert decode_text("use &lt;video&gt; &amp;amp; x<y") == "use <video> & x<y"


def test_sanitised_html_cannot_act():
    """Scripts, handlers, frames and other schemes are gone; formatting stays."""
    html = '<p onclick="x()">a <a href="javascript:x()">b</a><script>x()</script><iframe src="//e"></iframe><em>c</em></p>'
    clean = sanitise_html(html)
    assert clean == '<p>a <a rel="noopener noreferrer">b</a><em>c</em></p>'


@pytest.mark.parametrize(
    ("html", "images"),
    [
        ('<img src="/x.jpg" width="640" height="360px">', [Image(url="https://daily.example/x.jpg", width=640, height=360)]),
        ('<img src="x.jpg" width="100%">', [Image(url="https://daily.example/a/x.jpg")]),
        ('<img src="data:image/gif;base64,AA" data-src="/late.jpg">', [Image(url="https://daily.example/late.jpg")]),
        ('<img srcset="/s.jpg 320w, /l.jpg 1200w">', [Image(url="https://daily.example/l.jpg")]),
        ('<img src="http://feeds.feedburner.com/~r/x" height="1" width="1">', []),
        ('<img src="https://t.example/pixel.gif">', []),
        ("no picture", []),
    ],
)  # fmt: skip
def test_images_in(html, images):
    """Pictures are absolute and sized where stated; pixels, spacers and inline data are no pictures."""
    assert list(images_in(html, PAGE)) == images


def test_small_pictures_are_tracking():
    """A side below four pixels shows nothing."""
    assert is_tracking_image(Image(url="https://a.example/x.jpg", width=1, height=600))
    assert not is_tracking_image(Image(url="https://a.example/x.jpg", width=50, height=50))


def test_only_known_players_are_embedded():
    """A frame of a known host is rebuilt, any other is refused."""
    html = '<iframe src="//www.youtube.com/embed/a-b_1?rel=0" onload="x()" width="560" height="315"></iframe>'
    frame = safe_embed(html)
    assert frame is not None
    assert frame.startswith(
        '<iframe src="https://www.youtube.com/embed/a-b_1?rel=0" width="560" height="315"'
    )
    assert "onload" not in frame
    assert safe_embed('<iframe src="https://evil.example/embed/x"></iframe>') is None
    assert safe_embed('<iframe src="https://www.youtube.com/redirect?q=x"></iframe>') is None


@pytest.mark.parametrize(
    ("url", "player"),
    [
        ("https://www.youtube.com/watch?v=abc&t=1", "https://www.youtube-nocookie.com/embed/abc"),
        ("https://youtu.be/abc", "https://www.youtube-nocookie.com/embed/abc"),
        ("https://www.youtube.com/shorts/abc", "https://www.youtube-nocookie.com/embed/abc"),
        ("https://vimeo.com/123", "https://player.vimeo.com/video/123"),
    ],
)
def test_video_pages_have_players(url, player):
    """The page of a video gives its player."""
    assert f'src="{player}"' in (embed_for(url) or "")


def test_other_pages_have_no_player():
    """Anything else has none."""
    assert embed_for("https://www.youtube.com/@channel") is None
    assert embed_for("https://daily.example/watch?v=abc") is None


def test_feed_links():
    """Autodiscovery finds every feed once, relative to the page's base."""
    html = """<base href="/blog/"><link rel="alternate" type="application/rss+xml" href="feed.xml">
    <link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" href="/atom"><link rel=stylesheet href=x>
    <link rel="alternate" type="application/rss+xml" href="/blog/feed.xml">
    <link rel="alternate" type="application/json" href="/wp-json/x"><link rel=alternate hreflang=de href=/de>"""
    assert feed_links(html, PAGE) == ("https://daily.example/blog/feed.xml", "https://daily.example/atom")
