"""How much a document may hold before it is refused, and what does not count."""

import time
import tracemalloc

import pytest

from aggregator.errors import ParseError
from aggregator.parse.documents.document import parse_document
from aggregator.parse.documents.document_limits import MAX_ATTRIBUTES, find_excess

URL = "https://crowded.example/feed"
MANY = 100_000
ENTRY = "<item><title>One</title><link>https://crowded.example/1</link></item>"
CROWDED = f"{URL}: a tag with more than {MAX_ATTRIBUTES} attributes, which no feed needs: "


def rss(root="", within="", entry=ENTRY):
    """Return a feed with something in its root's tag, and in its channel."""
    return (
        f"<rss version='2.0' {root}><channel><title>Crowded</title>{within}{entry}</channel></rss>".encode()
    )


def atom(root):
    """Return a feed of Atom with something in its root's tag."""
    return f"<feed {root}><title>x</title></feed>".encode()


def named(form, times=MANY):
    """Return as many attributes, each with a name of its own."""
    return " ".join(form.format(number) for number in range(times))


@pytest.mark.parametrize(
    "make",
    [
        lambda: rss(named("xmlns:a{0}='u:{0}'")),
        lambda: rss(named('xmlns:a{}="u"')),
        lambda: rss("xmlns='u' " * MANY),
        lambda: rss("xmlns:a='>' " * MANY),
        lambda: rss(named("a{} = ''")),
        lambda: rss(named("a{}\n=\n'x y z'")),
        lambda: rss("", "<image " + named("b{}='1'") + "/>"),
        lambda: rss("", "", "<item><title " + named("xmlns:n{}='u'") + ">One</title></item>"),
        lambda: atom(named("xmlns:a{}='u'")),
        lambda: rss(named("xmlns:a{}='u'"), "", "<item><title>A</tite>&foo;").replace(b"</rss>", b""),
        lambda: rss(named("xmlns:é{}='u'")).decode().encode("utf-16"),
    ],
    ids=[
        "namespaces", "of one address", "twice", "with brackets", "spaced", "lines", "image", "entry", "Atom",
        "broken", "UTF-16",
    ],
)  # fmt: skip
def test_a_tag_of_too_many_attributes_is_refused(make):
    """Namespaces or others, anywhere: the poll fails and says so, before it costs memory or time."""
    document = make()
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(ParseError) as raised:
        parse_document(document, url=URL)
    seconds, (_, peak) = time.process_time() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(raised.value).startswith(CROWDED)
    assert seconds < 2
    assert peak < 12 * len(document)


@pytest.mark.parametrize(
    "make",
    [
        lambda: rss(named("xmlns:a{0}='u:{0}'", 60)),
        lambda: rss("", "", "<item xmlns:m='u'><title>One</title><m:x a='1' b='2'/></item>" * 2_000),
        lambda: rss("", "<x><![CDATA[<p " + named("data-a{}='1'") + ">]]></x>"),
        lambda: rss("", "<x>" + "a = &quot;b&quot; " * MANY + "</x>"),
        lambda: rss("", "<x>" + "a = 'b' " * MANY + "</x>"),
        lambda: rss("", "<x y='" + "a=1 " * MANY + "'/>"),
        lambda: rss("", "<x y='data:image/png;base64," + "A" * MANY + "=='/>"),
        lambda: rss("", "<x" + " " * MAX_ATTRIBUTES + "y='1'/>"),
    ],
    ids=["namespaces", "by entry", "CDATA", "escaped", "text", "value", "data", "spaces"],
)
def test_what_is_long_but_no_crowd_is_read(make):
    """Many namespaces in all, long texts and long values are none of it."""
    assert parse_document(make(), url=URL).feed.entries


@pytest.mark.parametrize("piece", ["<a ", '<a "', "<a b='", "<a b='c\" ", "<a" + " b=''" * 499, "<a x=1 "])
def test_looking_for_it_takes_time_as_the_text_does(piece):
    """Also where a tag never ends, or its quotes do not."""
    text = piece * (2_000_000 // len(piece)) + "=" * MAX_ATTRIBUTES * 2
    started = time.process_time()
    find_excess(text)
    assert time.process_time() - started < 2
