"""What stands within an entry's elements is told apart from the entry's own, in time that follows its length."""

import time

import pytest

from aggregator.parse.documents.item_pictures import is_picture_element
from aggregator.parse.documents.nested_elements import separate_nested


def rss(item):
    """Return a document with an item."""
    return f"<rss><channel><title>S</title><item>{item}</item></channel></rss>"


@pytest.mark.parametrize(
    ("item", "reported"),
    [
        ("<title>a</title><link>/a</link>", None),
        ("<title>a</title><x:o><link>/b</link></x:o>", None),
        ("<link>/a</link><x:o><link>/b</link></x:o>", "<link>/a</link><x:o></x:o>"),
        ("<link>/a</link><x:o><y><link>/b</link></y></x:o>", "<link>/a</link><x:o><y></y></x:o>"),
        ("<title>a</title><o><id>1</id><link>/b</link></o>", "<title>a</title><o></o>"),
        ("<o><id>1</id><link>/b</link></o>", None),
        ("<link>/a</link><content><p><link>/b</link></p></content>", None),
        ("<link>/a</link><media:group><media:title>t</media:title></media:group>", None),
        ("<link>/a</link><x:o><title><![CDATA[<link>/b</link>]]></title></x:o>", None),
        ("<link>/a</link>\n<x:o>\n<link>\n/b</link></x:o>", "<link>/a</link>\n<x:o>\n\n</x:o>"),
        (
            "<link>/a</link><media:group><link>/b</link></media:group>",
            "<link>/a</link><media:group></media:group>",
        ),
        (
            "<link>/a</link><author><name>J</name><link>/j</link></author>",
            "<link>/a</link><author><name>J</name></author>",
        ),
        ("<link>/a</link><source><link>/b</link></source>", None),
        (
            "<foaf:maker><foaf:Person><foaf:img>/j.jpg</foaf:img></foaf:Person></foaf:maker>",
            "<foaf:maker><foaf:Person></foaf:Person></foaf:maker>",
        ),
        ("<image><url>/a.jpg</url><title>t</title></image>", '<entrypicture url="/a.jpg"/>'),
        (
            "<thumb>https://s.example/a?b=1&amp;c</thumb>",
            '<entrypicture url="https://s.example/a?b=1&amp;c"/>',
        ),
        ("<image width='9' height='x' href='/a.png'/>", '<entrypicture url="/a.png" width="9"/>'),
        ("<image>none</image>", ""),
        ("<itunes:image href='/a.jpg'/><media:thumbnail url='/a.jpg'/>", None),
        ("<description><image>/a.jpg</image></description>", None),
        ("<!-- <image>/a.jpg</image> --><coverage>x</coverage>", None),
    ],
)
def test_an_entry_says_what_it_says_itself(item, reported):
    """Words of objects go where the entry has its own, pictures become one kind, all else stays."""
    assert separate_nested(rss(item)) == rss(item if reported is None else reported)


def test_pictures_outside_of_entries_stay():
    """The channel's picture is not an entry's."""
    document = "<rss><channel><image><url>/a.jpg</url></image><item><title>a</title></item></channel></rss>"
    assert separate_nested(document) == document


@pytest.mark.parametrize(
    "item",
    [
        "<x>" * 30_000,
        "<x><link>" * 20_000,
        "<image>" * 30_000,
        "<image><url>" * 20_000,
        "<x a='" * 30_000,
        "<x>a<![CDATA[" * 20_000,
        "<image>" + "<url " * 40_000,
        "<image>" + "<img " * 40_000 + "</image>",
        "<title>t</title>" + "<o><link>l</link></o>" * 10_000,
    ],
)
def test_odd_documents_take_little_time(item):
    """Reading takes time in proportion to the length."""
    start = time.process_time()
    separate_nested(rss(item))
    assert time.process_time() - start < 2


@pytest.mark.parametrize("name", ["image", "thumbimage", "x:bild", "foto", "post-thumbnail", "featuredImage"])
def test_pictures_have_elements_of_many_names(name):
    """Publishers name the picture of an item in their own words."""
    assert is_picture_element(name)
