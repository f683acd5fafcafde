"""Documents edited at random, to see whether reading them piece by piece differs from reading them whole.

    python -m tests.parse.edits FOLDER [--seconds N] [--seed N] [--keep FOLDER]

edits the documents of a folder for a while, prints what differs and keeps the documents that did.
"""

import argparse
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from aggregator.errors import ParseError
from aggregator.model import ParsedFeed
from aggregator.parse.documents.document import parse_document

URL = "https://feeds.example/dir/feed.xml"

_NAMESPACES = {
    b"media": b"http://search.yahoo.com/mrss/",
    b"dc": b"http://purl.org/dc/elements/1.1/",
    b"content": b"http://purl.org/rss/1.0/modules/content/",
    b"atom": b"http://www.w3.org/2005/Atom",
    b"itunes": b"http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    b"dcterms": b"http://purl.org/dc/terms/",
    b"feedburner": b"http://rssnamespace.org/feedburner/ext/1.0",
    b"rdf": b"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    b"x": b"https://x.example/ns",
}
_NAMES = (
    b"title link description summary content guid id author name email uri pubDate published updated date "
    b"modified issued source image url language category subtitle rights enclosure items channel entry item "
    b"author_detail authors publishers contributors links tags x svg div p dc:title dc:creator dc:date "
    b"dc:description dc:language dc:publisher dc:subject dc:rights dc:contributor content:encoded atom:link "
    b"atom:author atom:title atom:updated atom:content media:content media:group media:title textinput "
    b"media:description media:thumbnail media:player media:credit media:keywords media:rating body rss feed "
    b"itunes:summary itunes:subtitle itunes:author itunes:image itunes:explicit itunes:keywords itunes:owner "
    b"dcterms:modified dcterms:issued dcterms:created feedburner:origLink x:title x:x rating license info "
    b"thumbnail featured_image x:image x:object x:link object entrypicture"
).split()
_ATTRIBUTES = (
    b"xml:lang='fr'", b"xml:lang=''", b"lang='de_AT'", b"type='html'", b"type='text'", b"type='xhtml'",
    b"type='HTML'", b"type='text/html'", b"type='image/jpeg'", b"type='application/xhtml+xml'", b"mode='escaped'",
    b"mode='base64'", b"rel='alternate'", b"rel='self'", b"rel='enclosure'", b"rel='amphtml'", b"href='/a'",
    b"href=''", b"href='http:////x.example/y'", b"url='https://x.example/p.jpg'", b"uri='u'", b"src='/s'",
    b"isPermaLink='false'", b"isPermaLink='TRUE'", b"x='1'", b"x:x='1'", b"x:type='html'", b"x:lang='it'",
    b"rdf:about='https://x.example/about'", b"lastmod='2020-01-01'", b"xmlns='https://other.example/'",
    b"xmlns=''", b"xmlns:x='https://y.example/'", b"xmlns:y='https://x.example/ns'",
    b"xmlns:media='https://y.example/'", b"xmlns='http://www.w3.org/2005/Atom'", b"version='2.0'",
    b"xmlns:xlink='http://www.w3.org/1999/xlink'", b"xmlns='http://purl.org/rss/1.0/'", b"xml:base='/b/'",
    b"xmlns:z='http://search.yahoo.com/mrss/'", b"medium='image'", b"width='1'", b"HREF='/b'",
)  # fmt: skip
_TEXTS = (
    b"text", b"", b" ", b"&lt;b&gt;bold&lt;/b&gt;", b"&amp;amp;", b"&#8217;", b"&#x92;", b"&nbsp;", b"a & b",
    b"<![CDATA[<p>x</p>]]>", b"<![CDATA[x &amp; y]]>", b"<!-- c -->", b"<?pi x?>", b"\xc3\xa9", b"\xc3\x83\xc2\xa9",
    b"\xc2\x80", b"\xff", b"\x00", b"https://x.example/1?a=1&amp;b=2", b"http:////x.example/y", b"/relative",
    b"a@b.example (Jane)", b"Jane", b"2020-01-10T10:00:00Z", b"Fri, 10 Jan 2020 10:00:00 GMT",
    b"Fri, 2020/13/10 10:00:00 EST", b"yes", b"en_GB", b"&lt;br&gt;&amp;eacute;", b"]]>", b"<b>b</b>", b"&lt;",
)  # fmt: skip
_ELEMENTS = (
    b"<image><url>u</url><title>t</title><link>l</link></image>", b"<author><name>A</name></author>",
    b"<author><name>A</name><email>a@b.example</email></author>", b"<author>t<x y='1'>u</x></author>",
    b"<source url='https://o.example/'>O</source>", b"<source><title>O</title><id>o</id></source>",
    b"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>x</p></div></content>",
    b"<content type='xhtml'><svg xml:lang='fr'><title>t</title></svg></content>", b"<svg><title>t</title></svg>",
    b"<textinput><title>t</title><name>n</name></textinput>", b"<x><date>2020-01-01</date></x>",
    b"<content type='html' xml:lang='it'>&lt;p&gt;x&lt;/p&gt;</content>", b"<publishers></publishers>",
    b"<media:group><media:title>t</media:title><media:description>d</media:description></media:group>",
    b"<media:content url='v.mp4' medium='video'><pubDate>x</pubDate></media:content>", b"<item/>", b"<title/>",
    b"<itunes:owner><itunes:name>n</itunes:name></itunes:owner>", b"<media:thumbnail>u</media:thumbnail>",
)  # fmt: skip
_ROOT = re.compile(rb"<(?:rss|feed|rdf:RDF|channel)\b", re.IGNORECASE)
_START_TAG = re.compile(rb"<[A-Za-z][\w:.-]*")
_TAG = re.compile(rb"</?[A-Za-z][\w:.-]*[^<>]*>")
_ELEMENT = re.compile(rb"<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?>(?:[^<]|<!\[CDATA\[.*?\]\]>)*</\1\s*>", re.DOTALL)
_ENTRY = re.compile(rb"<(item|entry)[\s>].*?</\1\s*>", re.DOTALL)

Edit = Callable[[bytes, random.Random], bytes]


def edit_document(document: bytes, chance: random.Random) -> bytes:
    """Return a document with a few random edits."""
    if chance.random() < 0.8:
        document = _declare(document)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        document = chance.choice(_EDITS)(document, chance)
    return document


def read_feed(body: bytes, *, is_plain: bool) -> ParsedFeed | str:
    """Return the feed in a document, or why there is none."""
    try:
        return parse_document(body, url=URL, is_plain=is_plain).feed
    except ParseError as error:
        return str(error)


def read_documents(folder: Path) -> Sequence[bytes]:
    """Return the XML documents of a folder, in order."""
    return [path.read_bytes() for path in sorted(folder.rglob("*.xml"))]


def _declare(document: bytes) -> bytes:
    root = _ROOT.search(document)
    if root is None:
        return document
    missing = (
        b" xmlns:%s='%s'" % pair for pair in _NAMESPACES.items() if b"xmlns:" + pair[0] not in document
    )
    return document[: root.end()] + b"".join(missing) + document[root.end() :]


def _choose(pattern: re.Pattern[bytes], document: bytes, chance: random.Random) -> tuple[int, int]:
    found = [match.span() for match in pattern.finditer(document)]
    return chance.choice(found) if found else (0, 0)


def _add_element(document: bytes, chance: random.Random) -> bytes:
    name, attribute = chance.choice(_NAMES), chance.choice((b"", b"", chance.choice(_ATTRIBUTES)))
    made = b"<%s %s>%s</%s>" % (name, attribute, chance.choice(_TEXTS), name)
    return _insert_at_tag(document, chance, chance.choice((made, made, chance.choice(_ELEMENTS))))


def _add_text(document: bytes, chance: random.Random) -> bytes:
    return _insert_at_tag(document, chance, chance.choice(_TEXTS))


def _insert_at_tag(document: bytes, chance: random.Random, added: bytes) -> bytes:
    _, end = _choose(_TAG, document, chance)
    return document[:end] + added + document[end:]


def _add_attribute(document: bytes, chance: random.Random) -> bytes:
    _, end = _choose(_START_TAG, document, chance)
    return document[:end] + b" " + chance.choice(_ATTRIBUTES) + document[end:]


def _rename(document: bytes, chance: random.Random) -> bytes:
    start, end = _choose(_ELEMENT, document, chance)
    element, name = document[start:end], chance.choice(_NAMES)
    changed = re.sub(rb"^<[\w:.-]+", b"<" + name, element)
    return document[:start] + re.sub(rb"</[\w:.-]+\s*>$", b"</" + name + b">", changed) + document[end:]


def _replace_text(document: bytes, chance: random.Random) -> bytes:
    start, end = _choose(_ELEMENT, document, chance)
    inner = re.sub(rb"(?s)>.*<", lambda _: b">" + chance.choice(_TEXTS) + b"<", document[start:end])
    return document[:start] + inner + document[end:]


def _wrap(document: bytes, chance: random.Random) -> bytes:
    start, end = _choose(chance.choice((_ELEMENT, _ELEMENT, _ENTRY)), document, chance)
    name, attribute = chance.choice(_NAMES), chance.choice((b"", chance.choice(_ATTRIBUTES)))
    made = b"<%s %s>%s</%s>" % (name, attribute, document[start:end], name)
    return document[:start] + made + document[end:]


def _move(document: bytes, chance: random.Random) -> bytes:
    start, end = _choose(chance.choice((_ELEMENT, _ENTRY)), document, chance)
    moved = document[start:end]
    kept = document if chance.random() < 0.3 else document[:start] + document[end:]
    return _insert_at_tag(kept, chance, moved)


def _repeat(document: bytes, chance: random.Random) -> bytes:
    start, end = _choose(chance.choice((_ELEMENT, _ENTRY)), document, chance)
    return document[:end] + document[start:end] + document[end:]


def _swap(document: bytes, chance: random.Random) -> bytes:
    pattern = chance.choice((_ELEMENT, _ENTRY))
    (a, b), (c, d) = sorted((_choose(pattern, document, chance), _choose(pattern, document, chance)))
    if b > c:
        return document
    return document[:a] + document[c:d] + document[b:c] + document[a:b] + document[d:]


def _remove_tag(document: bytes, chance: random.Random) -> bytes:
    start, end = _choose(_TAG, document, chance)
    return document[:start] + document[end:]


def _remove_bytes(document: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(document) + 1)
    return document[:start] + document[start + chance.choice((1, 3, 50, 2_000)) :]


def _replace_byte(document: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(document) + 1)
    return (
        document[:start] + bytes([chance.choice((0, 38, 60, 62, 93, 39, 128, 255))]) + document[start + 1 :]
    )


_EDITS: tuple[Edit, ...] = (
    _add_element, _add_element, _add_element, _add_text, _add_attribute, _add_attribute, _rename, _rename,
    _replace_text, _replace_text, _wrap, _wrap, _move, _repeat, _swap, _remove_tag, _remove_bytes,
    _replace_byte,
)  # fmt: skip


def _find_differing(documents: Sequence[bytes], chance: random.Random, until: float) -> Iterator[bytes]:
    number = 0
    while time.monotonic() < until:
        document = edit_document(chance.choice(documents), chance)
        number += 1
        if read_feed(document, is_plain=True) != read_feed(document, is_plain=False):
            yield document
    print(f"{number} documents")


def main() -> None:
    """Edit and compare until the time is over."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("data/differing"))
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    chance, until = random.Random(options.seed), time.monotonic() + options.seconds
    for number, document in enumerate(_find_differing(read_documents(options.folder), chance, until)):
        kept = options.keep / f"{options.seed}-{number}.xml"
        kept.write_bytes(document)
        print(f"differs: {kept}", flush=True)


if __name__ == "__main__":
    main()
