"""Documents that are made to hurt whoever parses them."""

import pytest

from tests.hostile.feeds import channel, entry, news
from tests.hostile.listener import listening

LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(10))
LOOK = "open it in a browser, the feed may have moved"


def test_entities_are_not_expanded(desk):
    """A billion laughs: the declarations go, and the entry that uses them is short."""
    prolog = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>'
    desk.server.serve("/laughs", channel(entry(1, title="Laughs: &l10;"), entry(2), prolog=prolog))
    told = desk.round("/laughs")
    assert (told.outcome, told.error, told.poll.new) == ("updated", None, 2)
    assert {len(article.title) < 60 for article in desk.of_source()} == {True}


def test_a_quadratic_entity_is_not_expanded(desk):
    """One long entity named many times over stays unexpanded, too."""
    prolog = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]>'
    desk.server.serve("/quadratic", channel(entry(1, title="&a;" * 10_000 + " end"), prolog=prolog))
    told = desk.round("/quadratic")
    assert (told.outcome, told.poll.new) == ("updated", 1)
    assert "x" * 100 not in desk.of_source()[0].title + desk.of_source()[-1].title


@pytest.mark.parametrize(
    "declared", ["SYSTEM '{url}'", "PUBLIC '-//x' '{url}'", "SYSTEM 'file:///etc/passwd'"]
)
def test_external_entities_are_not_read(desk, declared):
    """Neither an address nor a file that an entity names is opened."""
    with listening(lambda connection: connection.recv(4096)) as (port, seen):
        url = f"http://127.0.0.2:{port}/secret"
        external = declared.format(url=url)
        prolog = f"<!DOCTYPE rss SYSTEM '{url}.dtd' [<!ENTITY e {external}><!ENTITY % p {external}> %p;]>"
        desk.server.serve("/external", channel(entry(1, title="Secret: &e;"), entry(2), prolog=prolog))
        told = desk.round("/external")
        assert seen == []
    assert (told.outcome, told.error, told.poll.new) == ("updated", None, 2)
    assert not any("root:" in article.title for article in desk.of_source())


@pytest.mark.parametrize("closed", [True, False])
def test_a_million_nested_tags_are_refused(desk, closed):
    """So many tags are no feed; the parser never sees them."""
    nested = "<a>" * 1_000_000 + ("</a>" * 1_000_000 if closed else "")
    desk.server.serve("/nested", channel(entry(1, extra=nested)))
    told = desk.round("/nested")
    assert (told.outcome, told.poll.new) == ("failed", 0)
    assert told.error == f"{desk.url}: more than 400000 tags, which no feed needs: {LOOK}"
    assert told.poll.seconds < 10


def test_a_document_of_namespaces_is_refused(desk):
    """Ten MiB of them in one tag would cost over a GiB of memory; the parser never sees them."""
    many = " ".join(f'xmlns:a{number}="u"' for number in range(500_000))
    desk.server.serve("/spaces", channel(entry(1)).replace(b"<rss ", f"<rss {many} ".encode(), 1))
    told = desk.round("/spaces")
    assert (told.outcome, told.poll.new) == ("failed", 0)
    assert told.error == f"{desk.url}: a tag with more than 500 attributes, which no feed needs: {LOOK}"
    assert told.poll.seconds < 5


def test_tags_nested_deeply_within_the_limit_cost_no_entry(desk):
    """Twenty thousand levels in one entry: the entries beside it are read."""
    nested = "<a>" * 20_000 + "</a>" * 20_000
    desk.server.serve("/nested", channel(entry(2), entry(1, extra=nested)))
    told = desk.round("/nested")
    assert (told.outcome, told.error) == ("updated", None)
    assert told.poll.new >= 1


def test_nested_html_in_a_text_costs_no_entry(desk):
    """A million tags that are escaped are text of an entry, and it is bounded."""
    nested = "&lt;div&gt;" * 500_000
    desk.server.serve("/html", channel(entry(2), entry(1, extra=f"<description>{nested}</description>")))
    told = desk.round("/html")
    assert (told.outcome, told.error, told.poll.new) == ("updated", None, 2)
    assert told.poll.seconds < 10


def test_json_nested_too_deeply_is_refused(desk):
    """A hundred thousand brackets end as one line."""
    desk.server.serve("/json", b'{"items": [' + b"[" * 100_000)
    told = desk.round("/json")
    assert told.outcome == "failed"
    assert told.error == f"{desk.url}: JSON nested too deeply: {LOOK}"


def test_of_a_hundred_thousand_entries_the_first_are_read(desk):
    """Ten thousand entries come in, the newest; the rest is left out."""
    small = "<item><title>Entry {0}</title><link>https://many.example/{0}</link></item>"
    many = [small.format(number) for number in range(100_000)]
    desk.server.serve("/many", channel(*many))
    told = desk.round("/many")
    assert (told.outcome, told.error, told.poll.new) == ("updated", None, 10_000)


@pytest.mark.parametrize(
    "odd", ["\0", "\ud800", "\udfff\ud800", "\x1b[31m", "\ufffe", "&#0;", "&#xD800;", "&#55555;"]
)
def test_characters_that_are_none_are_left_out(desk, odd):
    """NUL, lone surrogates and their like go; what stands around them is read and stored."""
    desk.server.serve("/odd", channel(entry(1, title=f"Comet {odd} seen", guid=f"g{odd}1"), entry(2)))
    told = desk.round("/odd")
    assert (told.outcome, told.error, told.poll.new) == ("updated", None, 2)
    title = next(article.title for article in desk.of_source() if article.title.startswith("Comet "))
    assert title.replace("\ufffd", "").split()[0] == "Comet"
    assert title.isprintable()
    desk.server.serve(
        "/odd", channel(entry(1, title=f"Comet {odd} seen", guid=f"g{odd}1"), entry(2), title="Again")
    )
    assert desk.round("/odd").poll.new == 0


def test_lone_surrogates_of_json_are_bearable(desk):
    """A JSON feed may hold what no text can: it is stored, and known again."""
    item = r'{"id": "a\ud800", "url": "https://news.example/j/%d", "title": "Lone \udc00 half", "content_text": "x"}'
    desk.server.serve(
        "/json", ('{"version": "https://jsonfeed.org/version/1.1", "items": [%s]}' % (item % 1)).encode()
    )
    assert desk.round("/json").poll.new == 1
    desk.server.serve("/json", ('{"title": "t", "items": [%s]}' % (item % 1)).encode())
    told = desk.round("/json")
    assert (told.error, told.poll.new) == (None, 0)


@pytest.mark.parametrize(
    "coding", ["utf-16", "utf-32", "utf-7", "ebcdic-cp-us", "no-such-coding", "rot13", "punycode"]
)
def test_a_document_in_an_odd_encoding_does_no_harm(desk, coding):
    """Whatever encoding a document declares, its bytes are read as what they are."""
    prolog = f'<?xml version="1.0" encoding="{coding}"?>'
    body = news(range(2), prolog=prolog)
    desk.server.serve("/encoding", body.decode().encode("utf-16") if coding == "utf-16" else body)
    told = desk.round("/encoding")
    assert (told.outcome, told.error, told.poll.new) == ("updated", None, 2)
