"""HTML as feeds carry it."""

import html as entities
import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from aggregator.html import (
    decode_text,
    embed_for,
    feed_links,
    first_image,
    images_in,
    is_decoration,
    is_small,
    plain_text,
    safe_embed,
    sanitise_html,
)
from aggregator.html.markup import find_elements
from aggregator.model import Image
from aggregator.text import clean_text
from tests.profiles import repeat

PAGE = "https://daily.example/a/b"
MARKUP = st.lists(
    st.sampled_from([
        "<p>", "</p>", "<b", ">", "<a href=", "'", '"', "javascript:x", " onload=x", "=", "/>", "<!--", "-->",
        "<ul><li>", "<script>", "<![CDATA[", "]]>", "<img src=/a.jpg ", "&lt;", "&", "text", " ",
    ])
).map("".join)  # fmt: skip
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
        ("un<wbr>broken<!-- <p> --> wo<em>r</em>d", "unbroken word"),
        ("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;two", "One two"),
        ("&amp;lt;b&amp;gt;thrice&amp;lt;/b&amp;gt; R&amp;amp;D", "thrice R&D"),
        ("the &lt;video&gt; and List&lt;int&gt; of 5 &lt; 6", "the <video> and List<int> of 5 < 6"),
        ("&lt;script&gt;x&lt;/script&gt;", "x"),
        ("<a title=\"1 > 0\" href='x'>link</a>ed", "linked"),
        ("<noscript><img src=x>late</noscript><template>t</template><svg><title>s</title></svg>seen", "seen"),
        ("<script>if (a<b) '</scripty>'</script >seen", "seen"),
        ('<script src="x"/>seen <iframe src="y" />too', "seen too"),
        ("<style>p{}", ""),
        ("<?xml version='1.0'?><!DOCTYPE html><p>seen", "seen"),
        ("one<td>two</td><LI>three", "one two three"),
        ("caf&eacute &copy; &nbsp;&#x1F600;&#0;&#xD800; &bogus;", "café © 😀 &bogus;"),
        ("&#99999999999999999999;", "&#99999999999999999999;"),
        ("<3 I <b", "<3 I"),
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
    """No input raises, and what comes out can stand in a record."""
    for result in (plain_text(text), decode_text(text)):
        assert clean_text(result) == result
    sanitise_html(text).encode()
    images_in(f"<img {text}>", PAGE)
    safe_embed(f"<iframe {text}>")
    embed_for(text)
    feed_links(text, PAGE)


@given(MARKUP)
def test_sanitised_html_stays(html):
    """Sanitising twice is sanitising once, and leaves only what is allowed."""
    clean = sanitise_html(html)
    assert sanitise_html(clean) == clean
    tags = re.findall(r"<(?!/)([^\s>]*)[^>]*>", clean)
    assert set(tags) <= {"a", "b", "p", "img", "li", "ul"}
    assert "javascript" not in "".join(re.findall(r"<[^>]*>", clean))


@given(MARKUP)
def test_no_text_of_a_script_is_read(html):
    """What stands in scripts and comments is no text, and pictures there are no pictures."""
    html = f"{html}<script>hid{html}den</script><!-- hidden <img src=/hidden.jpg> -->"
    assert "hidden" not in plain_text(html)
    assert not [image for image in images_in(html, PAGE) if "hidden" in image.url]


HOSTILE = {
    "deep": "<b>" * 200_000 + "deep",
    "misnested": "<b><div>" * 60_000 + "</b>" * 20_000,
    "never closed": "<p>".join(f"<b id={number}>" for number in range(40_000)),
    "lists": "<ul><li>" * 60_000,
    "attributes": "<img " + " ".join(f"a{number}=1" for number in range(60_000)) + ">",
    "comments": "<!--" * 120_000,
    "scripts": "<script></scrip" * 30_000,
    "tags": "<p a='" * 80_000 + '<p a="' * 80_000,
    "ampersands": "&" * 500_000,
    "candidates": '<img srcset="' + "," * 250_000 + " " * 250_000 + 'b">',
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markup_takes_little_time(html):
    """Each reading takes time in proportion to the length, where a tree would take minutes."""
    started = time.process_time()
    plain_text(html)
    sanitise_html(html)
    images_in(html + "<img src=x>", PAGE)
    safe_embed(html + "<iframe>")
    feed_links(html + "<link>", PAGE)
    assert time.process_time() - started < 10


def test_text_below_many_tags_is_read():
    """Depth costs neither the stack nor the text below."""
    assert plain_text(HOSTILE["deep"]) == "deep"


def test_decode_text_keeps_brackets():
    """Text that is not HTML keeps its characters."""
    assert decode_text("use &lt;video&gt; &amp;amp; x<y") == "use <video> & x<y"


def test_sanitised_html_cannot_act():
    """Scripts, handlers, frames and other schemes are gone; formatting stays."""
    html = '<p onclick="x()">a <a href="javascript:x()">b</a><script>x()</script><iframe src="//e"></iframe><em>c</em></p>'
    clean = sanitise_html(html)
    assert clean == "<p>a <a>b</a><em>c</em></p>"


def test_sanitised_html_is_plain():
    """Attributes, relative addresses and unknown tags go, their words stay apart; lines stay."""
    html = '<div class=x>a</div><div><a href="/y" title="t">b</a>\n<img src="https://a.example/x.jpg" alt="&quot;" style=x>\x00\ud800'
    clean = sanitise_html(html)
    assert clean == ' a  <a title="t">b</a>\n<img src="https://a.example/x.jpg" alt="&quot;">'
    assert sanitise_html("<p>x" * 3_000).count("x") < 3_000


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
        ('<IMG SRC="/x.jpg">', [Image(url="https://daily.example/x.jpg")]),
        ('<img src="/x.jpg" width="0" height="0">', []),
        ('<img src="/x.jpg" style="border:0;width:1px;height:1px">', []),
        ('<img src="/x.jpg" style="max-width:100%">', [Image(url="https://daily.example/x.jpg")]),
        ('<img src="/blank.gif" srcset="a,b.jpg 1x,c.jpg 2x">', [Image(url="https://daily.example/a/c.jpg")]),
        ('<img alt="1 > 0" src="/w_1,h_2/x.jpg?a=1&amp;b=2">', [Image(url="https://daily.example/w_1,h_2/x.jpg?a=1&b=2")]),
        ('<img src="https://s.w.org/images/core/emoji/15.0.3/72x72/1f349.png">', []),
        ('<img src="https://static.addtoany.com/buttons/share_save_120_16.png">', []),
        ('<img src="https://pixel.wp.com/b.gif?x">', []),
        ('<!-- <img src="/c.jpg"> --><noscript><img src="/n.jpg"></noscript><script>"<img src=/s.jpg>"</script>', [Image(url="https://daily.example/n.jpg")]),
        ('<img src="/pixel/9-review.jpg"><img src="/pixel-9.png">',
         [Image(url="https://daily.example/pixel/9-review.jpg"), Image(url="https://daily.example/pixel-9.png")]),
        (f'<img src="data:image/png;base64,{"A/" * 50_000}" data-src="/late.jpg">', [Image(url="https://daily.example/late.jpg")]),
    ],
)  # fmt: skip
def test_images_in(html, images):
    """Pictures are absolute and sized where stated; pixels, spacers and inline data are no pictures."""
    assert list(images_in(html, PAGE)) == images


def test_small_pictures_are_tracking():
    """A side below four pixels shows nothing."""
    assert is_decoration(Image(url="https://a.example/x.jpg", width=1, height=600))
    assert not is_decoration(Image(url="https://a.example/x.jpg", width=50, height=50))


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
    ("html", "player"),
    [
        ('<iframe src="http://player.vimeo.com/video/12?h=a&b">', "https://player.vimeo.com/video/12?h=a&amp;b"),
        ('<object><embed src="//www.youtube.com/v/a-b_1&x"></object>', None),
        ('<object><embed src="//www.youtube.com/v/a-b_1"></object>', "https://www.youtube.com/embed/a-b_1"),
        ('<iframe src="https://u:p@www.youtube.com:8443/embed/a">', "https://www.youtube.com/embed/a"),
        ('<p>x</p><iframe data-src="https://www.dailymotion.com/embed/video/x1"></iframe>', "https://www.dailymotion.com/embed/video/x1"),
        ('<iframe src="https://evil.example/"></iframe><iframe src="https://player.twitch.tv/?video=1">', "https://player.twitch.tv/?video=1"),
        ('<iframe src="https://www.youtube.com.evil.example/embed/a">', None),
        ('<!-- <iframe src="https://www.youtube.com/embed/a"> -->', None),
        ("text", None),
    ],
)  # fmt: skip
def test_players_are_rebuilt(html, player):
    """Only the address, always over https and on its usual port, is taken over."""
    frame = safe_embed(html)
    assert (f'<iframe src="{player}" width="640" height="360"' in frame) if player else frame is None


@pytest.mark.parametrize(
    ("url", "player"),
    [
        ("https://www.youtube.com/watch?v=abc&t=1", "https://www.youtube-nocookie.com/embed/abc"),
        ("https://youtu.be/abc", "https://www.youtube-nocookie.com/embed/abc"),
        ("https://www.youtube.com/shorts/abc", "https://www.youtube-nocookie.com/embed/abc"),
        ("https://vimeo.com/123", "https://player.vimeo.com/video/123"),
        (
            "http://m.youtube.com/watch?feature=share&v=a-b_1#t=1",
            "https://www.youtube-nocookie.com/embed/a-b_1",
        ),
        ("https://www.dailymotion.com/video/x8abc_title", "https://www.dailymotion.com/embed/video/x8abc"),
    ],
)
def test_video_pages_have_players(url, player):
    """The page of a video gives its player."""
    assert f'src="{player}"' in (embed_for(url) or "")


def test_other_pages_have_no_player():
    """Anything else has none."""
    assert embed_for("https://www.youtube.com/@channel") is None
    assert embed_for("https://daily.example/watch?v=abc") is None
    assert embed_for("https://daily.example/?u=youtube.com/watch?v=abc") is None
    assert embed_for("http://[") is None


def test_feed_links():
    """Autodiscovery finds every feed once, relative to the page's base."""
    html = """<base href="/blog/"><link rel="alternate" type="application/rss+xml" href="feed.xml">
    <link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" href="/atom"><link rel=stylesheet href=x>
    <link rel="alternate" type="application/rss+xml" href="/blog/feed.xml">
    <link rel="alternate" type="application/json" href="/wp-json/x"><link rel=alternate hreflang=de href=/de>"""
    assert feed_links(html, PAGE) == ("https://daily.example/blog/feed.xml", "https://daily.example/atom")


def test_feed_links_of_the_head_only():
    """What readers write into a page names no feed of it, and a page without a body tag has its links."""
    link = '<link rel=alternate type="application/feed+json" href="/feed.json">'
    named = '<link rel=alternate type="application/json" title="JSON Feed" href="/j">'
    assert feed_links(f"<html><head><!-- {link} --></head><body>{link}", PAGE) == ()
    assert feed_links(f"<title>{link}</title>{named}", PAGE) == ("https://daily.example/j",)


ATTRIBUTES = (
    ' src="a"', ' src="b"', " src='c'", ' SRC="d"', ' data-src="e"', ' alt="x y"', ' alt="a&amp;b"', ' alt="ü"',
    ' alt="\t"', ' alt="\xa0"', " alt", "\nalt=x", '\u2028alt="y"', ' alt="1"alt="2"', ' width="3"', ' xml:a="b"',
)  # fmt: skip


def test_plain_tags_are_read_as_the_parser_reads_them():
    """What is taken from a tag without building a tree is what the tree says."""
    chance = random.Random(7)
    for _ in range(repeat(500, large=30_000)):
        attributes = "".join(chance.choices(ATTRIBUTES, k=chance.randint(0, 4)))
        html = f"<img{attributes}{chance.choice(('>', '/>', ' >', ' />'))}"
        nodes = LexborHTMLParser(html).css("img")
        assert [e.attributes for e in find_elements(html, ("img",))] == [n.attributes for n in nodes], html


@given(MARKUP)
def test_first_image_is_the_first_of_all(html):
    """Reading no further than the first picture of some size finds the same one."""
    assert first_image(html, PAGE) == next(iter(sorted(images_in(html, PAGE), key=is_small)), None)


def test_plain_tags_before_others_are_read_as_the_parser_reads_them():
    """Where only some tags are plain, what is taken from all of them is what the tree says."""
    chance = random.Random(8)
    for _ in range(repeat(500, large=30_000)):
        html = "".join(
            f"<img{''.join(chance.choices(ATTRIBUTES, k=chance.randint(0, 3)))}>"
            for _ in range(chance.randint(1, 5))
        )
        nodes = LexborHTMLParser(html).css("img")
        assert [e.attributes for e in find_elements(html, ("img",))] == [n.attributes for n in nodes], html


@pytest.mark.parametrize(
    "url",
    [
        "https://secure.gravatar.com/avatar/abc?s=480",
        "https://avatars.githubusercontent.com/u/1?s=60&v=4",
        "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
        "https://forum.example/user_avatar/forum.example/jane/144/1_2.png",
        "https://social.example/accounts/avatars/1/original/a.png",
        "https://lh3.googleusercontent.com/a/ACg8oc=s96-c",
        "https://yt3.ggpht.com/ytc/AAuE7m=s88-c",
        "https://blog.example/img/default-avatar.png",
        "https://cdn.example/twemoji/15/72x72/1f600.png",
        "https://abs.twimg.com/emoji/v2/72x72/1f600.png",
        "https://forum.example/images/emoji/twitter/smile.png?v=12",
        "https://blog.example/icons/facebook.png",
        "https://blog.example/img/twitter-icon.png",
        "https://blog.example/img/linkedin_32x32.png",
        "https://blog.example/social-icons/a.png",
        "https://blog.example/img/share-facebook.png",
        "https://blog.example/img/share_on_twitter_32.png",
        "https://platform-api.sharethis.com/img/a.png",
        "https://img.shields.io/badge/build-passing-green",
        "https://ci.example/project/badge.svg",
        "https://blog.example/favicon-96.png",
        "https://blog.example/favicon.ico?v=2",
        "https://blog.example/icon.png",
        "https://i.creativecommons.org/l/by/4.0/88x31.png",
        "https://blog.example/js/lazy.gif",
        "https://blog.example/img/lazy_placeholder.gif",
        "https://blog.example/placeholder-1x1.png",
        "https://www.facebook.com/tr?id=1&ev=PageView",
        "https://blog.example/gallery/7.html",
        "https://a.example/sd/twitter_icon_large.png",
        "https://a.example/social/facebookicon.png",
        "https://a.example/follow/follow-x-32.png",
        "https://a.example/icons/icon-rss-small.svg",
        "https://blog.example/common/btn_line.png",
        "https://blog.example/img/external-link.svg",
        "https://64.media.tumblr.com/avatar_1234567890ab_64.png",
        "https://b.hatena.ne.jp/entry/image/https://blog.example/1",
        "https://x.us1.list-manage.com/track/open.php?u=1&id=2",
        "https://ir-na.amazon-adsystem.com/e/ir?t=x-20&l=ur2",
    ],
)
def test_what_is_no_picture_of_an_article(url):
    """Portraits, emoji, buttons, badges, icons and placeholders are none, whatever their size."""
    assert is_decoration(Image(url=url))
    assert is_decoration(Image(url=url, width=600, height=600))


@pytest.mark.parametrize(
    "url",
    [
        "https://films.example/2022/avatar-the-way-of-water.jpg",
        "https://films.example/2022/review-avatar/still.jpg",
        "https://news.example/2022/facebook.jpg",
        "https://news.example/photos/x12.jpg",
        "https://news.example/badge-of-honour.jpg",
        "https://news.example/iconic.jpg",
        "https://news.example/emoji-movie.jpg",
        "https://news.example/thumb.php?page=a.html",
        "https://blog.example.com/s72-c/bridge.jpg",
        "https://img.example/i.jpg?w=6&h=4",
        "https://news.example/clear.jpg",
        "https://news.example/share/house.jpg",
        "https://news.example/sns-instagram-trend.jpg",
        "https://news.example/social/x-files-review.jpg",
        "https://news.example/share/line-up-of-festival.jpg",
        "https://news.example/social/next.png",
        "https://news.example/icons/blueprint.jpg",
        "https://news.example/sharing-feedback.jpg",
        "https://news.example/avatar_review.jpg",
    ],
)
def test_what_only_sounds_like_decoration(url):
    """Words in addresses that also name what an article is about leave its picture alone."""
    assert not is_decoration(Image(url=url))


def test_stated_sizes_tell_icons():
    """A picture that is stated to be narrower than any article's is an icon."""
    assert is_decoration(Image(url="https://a.example/x.jpg", width=30, height=30))
    assert is_decoration(Image(url="https://a.example/x.jpg", width=48))
    assert not is_decoration(Image(url="https://a.example/x.jpg", width=75, height=50))
    assert not is_decoration(Image(url="https://a.example/x.jpg", width=40, height=400))


@pytest.mark.parametrize(
    ("url", "small"),
    [
        ("https://a.example/x.jpg", False),
        ("https://a.example/s72-c/x.jpg", True),
        ("https://a.example/x=s64-c", True),
        ("https://a.example/s1600/x.jpg", False),
        ("https://a.example/x-150x150.jpg", True),
        ("https://a.example/x-1024x768.jpg", False),
        ("https://a.example/x.jpg?size=48", True),
        ("https://a.example/x.jpg?w=120&h=90", True),
        ("https://a.example/x.jpg?w=1200&h=90", False),
    ],
)
def test_addresses_tell_sizes(url, small):
    """What an address says of sizes tells a thumbnail, unless its width is stated."""
    assert is_small(Image(url=url)) is small
    assert not is_small(Image(url=url, width=640))


BIG = Image(url="https://daily.example/big.jpg")


@pytest.mark.parametrize(
    "html",
    [
        '<img class="avatar" src="/jane.jpg"><img src="/big.jpg">',
        '<img src="/flag.png" style="width:16px;height:12px"><img src="/big.jpg">',
        '<img src="/smile.png" style="height: 1em; max-height: 1em"><img src="/big.jpg" style="width:640px">',
        '<img class="wp-smiley" src="/smile.svg"><img src="/big.jpg">',
        '<img class="size-thumbnail" src="/x-150x150.jpg"><img src="/big.jpg">',
        '<img src="https://secure.gravatar.com/avatar/abc?s=48"><img src="/big.jpg">',
        '<picture><source srcset="/big.jpg 800w, /small.jpg 80w"><img src="data:image/gif;base64,R0"></picture>',
        '<picture><source srcset="/other.webp"><img src="/big.jpg"></picture>',
        '<img src="/lazy.gif" data-src="/big.jpg">',
        '<img src="/placeholder.png" data-lazy-srcset="/small.jpg 300w, /big.jpg 1200w">',
        '<img src="/x-150x150.jpg" srcset="/x-150x150.jpg 150w, /big.jpg 1024w">',
        '<img src="data:image/svg+xml;base64,PH" class="lazy"><noscript><img src="/big.jpg"></noscript>',
        '<amp-img src="/big.jpg" layout="responsive"></amp-img>',
        '<video poster="/big.jpg" controls><source src="/a.mp4" type="video/mp4"></video>',
    ],
)
def test_the_first_picture_of_some_size_is_found(html):
    """Portraits, icons and placeholders are passed over, and pictures found wherever pages put them."""
    assert first_image(html, PAGE) == BIG


def test_a_small_picture_alone_is_found():
    """Where there is no other, a thumbnail is better than nothing."""
    assert first_image('<img src="/x-75x75.jpg"><p>text</p>', PAGE) == Image(
        url="https://daily.example/x-75x75.jpg"
    )
    assert first_image('<img src="/x.jpg?a=1&amp;amp;b=2">', PAGE) == Image(
        url="https://daily.example/x.jpg?a=1&b=2"
    )
