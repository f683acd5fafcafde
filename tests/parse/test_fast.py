"""Reading a document piece by piece gives what reading it whole gives, whatever is in it."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.parse.fast.entry_spans import cut_document
from aggregator.parse.fast.quick_entries import read_quickly
from tests.parse.edits import edit_document, read_documents, read_feed
from tests.profiles import repeat

DOCUMENTS = read_documents(Path(__file__).parent / "cases")
ITEM = "<item><title>T</title>{}<link>https://quick.example/1</link></item>"


def channel(*items, head=""):
    """Return a channel with these items."""
    declared = (
        "xmlns:media='http://search.yahoo.com/mrss/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:prism='http://prismstandard.org/namespaces/1.2/basic/'"
    )
    body = f"<title>Quick</title><link>https://quick.example/</link>{head}{''.join(items)}"
    return f"<rss version='2.0' {declared}><channel>{body}</channel></rss>".encode()


@pytest.mark.parametrize("number", range(len(DOCUMENTS)))
def test_documents_read_both_ways_are_the_same(number):
    """Every document of the cases becomes the same feed whichever way it is read."""
    assert read_feed(DOCUMENTS[number], is_plain=False) == read_feed(DOCUMENTS[number], is_plain=True)


@settings(max_examples=repeat(100, large=10_000), derandomize=True, database=None)
@given(st.sampled_from(DOCUMENTS), st.integers(0, 2**32))
def test_edited_documents_read_both_ways_are_the_same(document, seed):
    """Documents with random edits become the same feed whichever way they are read."""
    body = edit_document(document, random.Random(seed))
    assert read_feed(body, is_plain=False) == read_feed(body, is_plain=True)


@pytest.mark.parametrize(
    "odd",
    [
        "<date>2020-01-10</date>",
        "<image><url>u</url></image>",
        "<description>a</description><x><date>2020-01-10</date></x>",
        "<dc:creator>A</dc:creator><author><name>B</name></author>",
        "<pubDate>Fri, 10 Jan 2020 10:00:00 GMT</pubDate><media:content url='v'><pubDate>x</pubDate></media:content>",
        "<prism:coverDate>2020/01/10</prism:coverDate>",
        "<prism:coverDate>2020-01-10</prism:coverDate><prism:coverDate>2020-01-11</prism:coverDate>",
        "<prism:publicationDate>2020-<b>01</b>-10</prism:publicationDate>",
        "<prism:publicationDate rdf:datatype='date'>2020-01-10</prism:publicationDate>",
        "<pubDate>Fri, 2006/13/15 08:19:53 EDT</pubDate>",
        "<author>t<x a='b'>u</x></author>",
        "<title xml:lang='fr_FR'>U</title>",
        "<description><b>b</b> c</description>",
        "<description xmlns:dc='https://other.example/'>d</description>",
        "<publishers></publishers><dc:publisher>P</dc:publisher>",
        "<content type='xhtml'><svg xml:lang='fr'><title>s</title></svg></content>",
    ],
)
def test_odd_entries_are_read_as_feedparser_does(odd):
    """What feedparser takes in an unexpected way is taken so, and disturbs no entry beside it."""
    plain = ITEM.format("<description>d</description>")
    body = channel(plain, ITEM.format(odd), plain)
    assert read_feed(body, is_plain=False) == read_feed(body, is_plain=True)


@pytest.mark.parametrize(
    "head",
    [
        "<summary>s</summary><description>d</description>",
        "<content>c</content>",
        "<rss version='0.9'/>",
        "<language>de</language>",
        "<image><title>i</title></image>",
        "<x xmlns:x='http://www.w3.org/2005/Atom'/>",
        "<title><textInput><title>x</title></textInput>F</title>",
        "<item><title>A</title><description>a<title>T</title></description></item>",
        "<item><title>A</title><description><title>T</title>a</description></item>",
        "<title>Again</title>",
        "<description>a</description><description>b</description>",
        "<description><b>b</b> c</description>",
        "<image><title>i</title><link>https://other.example/</link><url>u</url><width>w</width></image>",
        "<image><title>i</title><language>de</language></image><title/>",
        "<link rel='self' href='https://quick.example/feed'/><link rel='hub' href='h'>text</link>",
        "<link>https://quick.example/?a=1&amp;b;=2</link>",
        "<link/>",
        "<link rel='alternate' type='text/html' url='https://quick.example/2'/>",
        "<link base='https://other.example/'>page</link>",
        "<pubDate>Fri, 2006/13/15 08:19:53 EDT</pubDate><ttl>60</ttl>",
        "<lastBuildDate>never</lastBuildDate><generator>g</generator><docs>d</docs><copyright>c</copyright>",
        "<dc:language>de</dc:language><language>fr</language>",
        "<language xml:lang='de'>fr</language>",
        "<ttl>\u00c3\u00a9\u0092</ttl>",
    ],
)
def test_what_stands_before_the_entries_may_change_them(head):
    """A channel whose own elements change how feedparser takes its first item is read as it does."""
    item = ITEM.format(
        "<description>a</description><description>b</description><dc:title>&amp;eacute;</dc:title>"
    )
    body = channel(item, item, head=head)
    assert read_feed(body, is_plain=False) == read_feed(body, is_plain=True)


def test_plain_entries_are_read_without_feedparser():
    """Of three items the two that are plain are read quickly, the one with markup in it is left."""
    plain = ITEM.format("<description>&lt;p&gt;d&lt;/p&gt;</description><dc:creator>A</dc:creator>")
    cut = cut_document(channel(plain, ITEM.format("<description><b>b</b></description>"), plain))
    assert [entry is not None for entry in read_quickly(cut, cut.spans)] == [True, False, True]
