"""What holds for every document and every entry, however hostile."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.model import Enclosure, Entry, Image, ParsedFeed, Source, make_article_id
from aggregator.parse import ParseJob, read_news
from aggregator.parse.documents.document import parse_document
from aggregator.parse.documents.repair import repair_document
from aggregator.parse.normalisation import normalise_feed

NOW = datetime(2020, 6, 1, 12, tzinfo=UTC)
SOURCE = Source(id="s", url="https://site.example/feed")
UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
TAG = re.compile(r"</?(?:a|b|em|i|p|script|img)(?:\s[^<>]*)?>", re.IGNORECASE)

PIECES = st.sampled_from(
    [
        "<rss>", "<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>", "</link>", "<b>",
        "</channel></rss>", "<![CDATA[", "]]>", "&amp;", "&nbsp;", "&", "&#0;", "<!--", "-->", "<?xml version='1.0'?>",
        "<!DOCTYPE rss [<!ENTITY a 'b'>]>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry></feed>",
        "<content type='xhtml'>", "<pubDate>2020-01-10</pubDate>", "\x00", "\ufeff", "https://x.example/", "{", "}", "[", '"items":',
        "<author_detail>x</author_detail><author><name>", "<enclosure url='x' type='image/png'/>", "<media:content url='y'/>",
    ]
)  # fmt: skip
DOCUMENTS = st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join)
HTML = st.none() | st.text(max_size=60) | st.lists(
    st.sampled_from(["<b>", "</b>", "<script>", "&lt;b&gt;", "&amp;lt;p&amp;gt;", "&#8217;", "\u2028", "\x07", "x", " ", "<img src=a.png>"])
).map("".join)  # fmt: skip
URLS = st.none() | st.text(max_size=40) | st.sampled_from(
    ["/a", "https://u:p@x.example/a", "javascript:alert(1)", "http://[::1", "//x", "https://x.example/\u2028a", "data:,x"]
)  # fmt: skip
TIMES = st.none() | st.datetimes(timezones=st.just(UTC))
ENTRIES = st.builds(
    Entry,
    base_url=URLS.map(lambda url: url or ""),
    entry_id=st.none() | st.text(max_size=20),
    link=URLS,
    original_link=URLS,
    title=HTML,
    summary_html=HTML,
    content_html=HTML,
    published_at=TIMES,
    updated_at=TIMES,
    authors=st.lists(st.text(max_size=20), max_size=2).map(tuple),
    language=st.none() | st.text(max_size=6),
    images=st.lists(st.builds(Image, url=st.text(max_size=20)), max_size=2).map(tuple),
    enclosures=st.lists(st.builds(Enclosure, url=st.text(max_size=20)), max_size=2).map(tuple),
    embed_html=HTML,
    is_video=st.booleans(),
    origin_title=HTML,
    origin_url=URLS,
)


def _check(article):
    texts = [article.title, article.excerpt, article.credit, *article.authors]
    for text in filter(None, texts):
        assert not UNWANTED.search(text)
        assert text == " ".join(text.split())
        assert text == article.title or not TAG.search(text)  # a title may be about tags
    urls = [
        article.original_url,
        article.web_url,
        *(found.url for found in article.images + article.enclosures),
    ]
    for url in filter(None, urls):
        parts = urlsplit(url)
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        assert parts.username is None
    assert article.title
    assert article.published_at.microsecond == 0
    assert article.excerpt is None or 0 < len(article.excerpt) <= 300
    assert (article.type == "video") == (article.featured_content is not None)
    assert article.entry_id is None or not re.search("[\x00-\x08\ud800-\udfff]", article.entry_id)


@given(st.binary(max_size=400), st.none() | st.text(max_size=20))
def test_any_bytes_are_a_feed_or_a_parse_error(body, content_type):
    """No bytes raise anything but ParseError."""
    with suppress(ParseError):
        parse_document(body, url="https://site.example/feed", content_type=content_type)


@given(DOCUMENTS)
def test_any_broken_document_makes_sound_articles(document):
    """Whatever tags and texts are thrown together, the articles keep the rules of the record."""
    try:
        body = document.encode("utf-8", "surrogatepass")
        result = read_news(ParseJob(body=body, source=SOURCE, now=NOW, url=SOURCE.url))
    except ParseError:
        return
    for article in result.articles:
        _check(article)


@given(st.lists(ENTRIES, max_size=3))
def test_any_entries_make_sound_articles(entries):
    """Whatever an entry holds, its article keeps the rules of the record, and none is lost by an error."""
    feed = ParsedFeed(format="rss", site_url="https://site.example/", entries=tuple(entries))
    made = normalise_feed(feed, source=SOURCE, now=NOW)
    for article in filter(None, made.articles):
        _check(article)
    assert not [problem for problem in made.problems if "Error" in problem]
    assert normalise_feed(feed, source=SOURCE, now=NOW) == made


@given(
    st.lists(
        st.sampled_from(
            ["<![CDATA[", "]]>", "]", "]]", ">", "&", "&amp;", "&lt;", "a", "é", "\x08", "\x7f", "\n"]
        )
    )
)
def test_repairing_escapes_outside_of_sections_only(pieces):
    """Characters that XML forbids go, bare ampersands are escaped, and a CDATA section stays as it is."""
    text = f"<rss>{''.join(pieces)}</rss>"
    apart = re.split(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", text.replace("\x08", ""), flags=re.DOTALL)
    apart[::2] = [re.sub("&(?!amp;|lt;)", "&amp;", outside) for outside in apart[::2]]
    repaired = repair_document(text)
    assert repaired is not None
    assert repaired.text == "".join(apart)


@given(st.text())
def test_ids_are_uuids_of_version_five(name):
    """An id is what the standard library makes of an address."""
    assert make_article_id(name) == str(uuid5(NAMESPACE_URL, name))
