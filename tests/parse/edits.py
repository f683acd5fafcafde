"""Documents edited at random: what publishing software might write, and what nobody would."""

import re
from random import Random

_TOKEN = re.compile(rb"<[^<>]*>|[^<]+|<")
PIECES = (
    b"<![CDATA[", b"]]>", b"&amp;", b"&nbsp;", b"&#0;", b"&#x1F;", b"&e;", b"\xff", b"\0", b" ", b"\xc2\x85",
    b"<!-- x -->", b"<?pi x?>", b'<!DOCTYPE rss [<!ENTITY e "v">]>', b"<item>", b"</item>", b"<entry>",
    b"</entry>", b"<b>bold</b>", b"<title>T</title>", b'<title type="html">&lt;b&gt;x&lt;/b&gt;</title>',
    b"<id>1</id>", b'<guid isPermaLink="false">g</guid>', b"<guid>http://a.example/1</guid>", b"<link/>",
    b'<link href="/x"/>', b"<link>/rel</link>", b'<link rel="self" href="http://s/"/>',
    b'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="alternate" href="http://al/"/>',
    b'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>h</p></div></content>',
    b'<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">c &lt;i&gt;</content:encoded>',
    b"<author><name>N</name></author>", b"<author>a@b.example (X)</author>",
    b'<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Y</dc:creator>', b'<category term="x"/>',
    b'<enclosure url="http://e/x.jpg" type="image/jpeg" length="3"/>',
    (b'<media:content xmlns:media="http://search.yahoo.com/mrss/" url="http://m/x.jpg"><media:title>mt</media:title>'
    b"</media:content>"), b'<media:thumbnail xmlns:media="http://search.yahoo.com/mrss/" url="http://m/t.jpg"/>',
    b"<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>", b"<published>2026-03-02T10:00:00Z</published>",
    b"<updated>x</updated>", b'<source url="http://w/">W</source>', b"<source><title>S</title></source>",
    b"<description>d</description>", b'<summary type="text">s &amp;lt;</summary>', b"<rights>r</rights>",
    b"<image><url>http://i/</url></image>", b"<textInput><title>x</title></textInput>",
    b'<itunes:image xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" href="http://i/"/>',
    b'<x:y xmlns:x="urn:q">z</x:y>', b"<comments>http://c/</comments>",
    b'<f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">http://o/</f:origLink>',
)  # fmt: skip
ATTRIBUTES = (
    b' xml:lang="fr"', b' xml:base="http://z/"', b' type="html"', b' type="xhtml"', b' type="text"', b' rel="x"',
    b' mode="escaped"', b' href="http://h/"', b' xmlns="urn:a"', b' TYPE="HTML"',
)  # fmt: skip
MOST_EDITS = 6


def edited(document: bytes, others: list[bytes], chance: Random) -> bytes:
    """Return a document with up to ``MOST_EDITS`` edits, some with parts of ``others``."""
    tokens = _TOKEN.findall(document) or [b""]
    for _ in range(chance.randint(1, MOST_EDITS)):
        at = chance.randrange(len(tokens))
        chance.choice(_EDITS)(tokens, at, others, chance)
        tokens = tokens or [b""]
    return b"".join(tokens)


def _insert(tokens, at, _, chance):
    tokens.insert(at, chance.choice(PIECES))


def _remove(tokens, at, _, chance):
    del tokens[at : at + chance.choice((1, 1, 1, 2, 5))]


def _repeat(tokens, at, _, chance):
    tokens[at:at] = tokens[at : at + chance.choice((1, 2, 10, 40))]


def _swap(tokens, at, _, chance):
    other = chance.randrange(len(tokens))
    tokens[at], tokens[other] = tokens[other], tokens[at]


def _spoil(tokens, at, _, chance):
    token = bytearray(tokens[at] or b" ")
    token[chance.randrange(len(token))] = chance.randrange(256)
    tokens[at] = bytes(token)


def _add_attribute(tokens, at, _, chance):
    token = tokens[at]
    if token.startswith(b"<") and token.endswith(b">") and not token.startswith(b"</"):
        end = b"/>" if token.endswith(b"/>") else b">"
        tokens[at] = token.removesuffix(end) + chance.choice(ATTRIBUTES) + end


def _graft(tokens, at, others, chance):
    found = _TOKEN.findall(chance.choice(others)) or [b""]
    start = chance.randrange(len(found))
    tokens[at:at] = found[start : start + chance.choice((1, 3, 20))]


_EDITS = (_insert, _insert, _insert, _remove, _repeat, _swap, _spoil, _add_attribute, _graft)
