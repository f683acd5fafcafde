"""Documents that are made to hurt whoever parses them."""

import pytest

from tests.hostile.feeds import channel, entry, news
from tests.hostile.listener import listening

LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(10))
LOOK = "open it in a browser, the feed may have moved"


def test_entities_are_not_expanded(rig):
    """A billion laughs: the declarations go, and the entry that uses them is short."""
    prolog = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>'
    rig.server.serve("/laughs", channel(entry(1, title="Laughs: &l10;"), entry(2), prolog=prolog))
    reported = rig.round("/laughs")
    assert (reported.outcome, reported.error, reported.poll.new) == ("updated", None, 2)
    assert {len(article.title) < 60 for article in rig.of_source()} == {True}


def test_a_quadratic_entity_is_not_expanded(rig):
    """One long entity named many times over stays unexpanded, too."""
    prolog = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]>'
    rig.server.serve("/quadratic", channel(entry(1, title="&a;" * 10_000 + " end"), prolog=prolog))
    reported = rig.round("/quadratic")
    assert (reported.outcome, reported.poll.new) == ("updated", 1)
    assert "x" * 100 not in rig.of_source()[0].title + rig.of_source()[-1].title


@pytest.mark.parametrize(
    "declared", ["SYSTEM '{url}'", "PUBLIC '-//x' '{url}'", "SYSTEM 'file:///etc/passwd'"]
)
def test_external_entities_are_not_read(rig, declared):
    """Neither an address nor a file that an entity names is opened."""
    with listening(lambda connection: connection.recv(4096)) as (port, seen):
        url = f"http://127.0.0.2:{port}/secret"
        external = declared.format(url=url)
        prolog = f"<!DOCTYPE rss SYSTEM '{url}.dtd' [<!ENTITY e {external}><!ENTITY % p {external}> %p;]>"
        rig.server.serve("/external", channel(entry(1, title="Secret: &e;"), entry(2), prolog=prolog))
        reported = rig.round("/external")
        assert seen == []
    assert (reported.outcome, reported.error, reported.poll.new) == ("updated", None, 2)
    assert not any("root:" in article.title for article in rig.of_source())


@pytest.mark.parametrize("closed", [True, False])
def test_a_million_nested_tags_are_refused(rig, closed):
    """So many tags are no feed; the parser never sees them."""
    nested = "<a>" * 1_000_000 + ("</a>" * 1_000_000 if closed else "")
    rig.server.serve("/nested", channel(entry(1, extra=nested)))
    reported = rig.round("/nested")
    assert (reported.outcome, reported.poll.new) == ("failed", 0)
    assert reported.error == f"{rig.url}: more than 400000 tags, which no feed needs: {LOOK}"
    assert reported.poll.seconds < 10


def test_a_document_of_namespaces_is_refused(rig):
    """Ten MiB of them in one tag would cost over a GiB of memory; the parser never sees them."""
    many = " ".join(f'xmlns:a{number}="u"' for number in range(500_000))
    rig.server.serve("/spaces", channel(entry(1)).replace(b"<rss ", f"<rss {many} ".encode(), 1))
    reported = rig.round("/spaces")
    assert (reported.outcome, reported.poll.new) == ("failed", 0)
    assert reported.error == f"{rig.url}: a tag with more than 500 attributes, which no feed needs: {LOOK}"
    assert reported.poll.seconds < 5


def test_tags_nested_deeply_within_the_limit_cost_no_entry(rig):
    """Twenty thousand levels in one entry: the entries beside it are read."""
    nested = "<a>" * 20_000 + "</a>" * 20_000
    rig.server.serve("/nested", channel(entry(2), entry(1, extra=nested)))
    reported = rig.round("/nested")
    assert (reported.outcome, reported.error) == ("updated", None)
    assert reported.poll.new >= 1


def test_nested_html_in_a_text_costs_no_entry(rig):
    """A million tags that are escaped are text of an entry, and it is bounded."""
    nested = "&lt;div&gt;" * 500_000
    rig.server.serve("/html", channel(entry(2), entry(1, extra=f"<description>{nested}</description>")))
    reported = rig.round("/html")
    assert (reported.outcome, reported.error, reported.poll.new) == ("updated", None, 2)
    assert reported.poll.seconds < 10


def test_json_nested_too_deeply_is_refused(rig):
    """A hundred thousand brackets end as one line."""
    rig.server.serve("/json", b'{"items": [' + b"[" * 100_000)
    reported = rig.round("/json")
    assert reported.outcome == "failed"
    assert reported.error == f"{rig.url}: JSON nested too deeply: {LOOK}"


def test_of_a_hundred_thousand_entries_the_first_are_read(rig):
    """Ten thousand entries come in, the newest; the rest is left out."""
    small = "<item><title>Entry {0}</title><link>https://many.example/{0}</link></item>"
    many = [small.format(number) for number in range(100_000)]
    rig.server.serve("/many", channel(*many))
    reported = rig.round("/many")
    assert (reported.outcome, reported.error, reported.poll.new) == ("updated", None, 10_000)


@pytest.mark.parametrize(
    "odd", ["\0", "\ud800", "\udfff\ud800", "\x1b[31m", "\ufffe", "&#0;", "&#xD800;", "&#55555;"]
)
def test_characters_that_are_none_are_left_out(rig, odd):
    """NUL, lone surrogates and their like go; what stands around them is read and stored."""
    rig.server.serve("/odd", channel(entry(1, title=f"Comet {odd} seen", guid=f"g{odd}1"), entry(2)))
    reported = rig.round("/odd")
    assert (reported.outcome, reported.error, reported.poll.new) == ("updated", None, 2)
    title = next(article.title for article in rig.of_source() if article.title.startswith("Comet "))
    assert title.replace("\ufffd", "").split()[0] == "Comet"
    assert title.isprintable()
    rig.server.serve(
        "/odd", channel(entry(1, title=f"Comet {odd} seen", guid=f"g{odd}1"), entry(2), title="Again")
    )
    assert rig.round("/odd").poll.new == 0


def test_lone_surrogates_of_json_are_bearable(rig):
    """A JSON feed may hold what no text can: it is stored, and known again."""
    item = r'{"id": "a\ud800", "url": "https://news.example/j/%d", "title": "Lone \udc00 half", "content_text": "x"}'
    rig.server.serve(
        "/json", ('{"version": "https://jsonfeed.org/version/1.1", "items": [%s]}' % (item % 1)).encode()
    )
    assert rig.round("/json").poll.new == 1
    rig.server.serve("/json", ('{"title": "t", "items": [%s]}' % (item % 1)).encode())
    reported = rig.round("/json")
    assert (reported.error, reported.poll.new) == (None, 0)


@pytest.mark.parametrize(
    "coding", ["utf-16", "utf-32", "utf-7", "ebcdic-cp-us", "no-such-coding", "rot13", "punycode"]
)
def test_a_document_in_an_odd_encoding_does_no_harm(rig, coding):
    """Whatever encoding a document declares, its bytes are read as what they are."""
    prolog = f'<?xml version="1.0" encoding="{coding}"?>'
    body = news(range(2), prolog=prolog)
    rig.server.serve("/encoding", body.decode().encode("utf-16") if coding == "utf-16" else body)
    reported = rig.round("/encoding")
    assert (reported.outcome, reported.error, reported.poll.new) == ("updated", None, 2)
