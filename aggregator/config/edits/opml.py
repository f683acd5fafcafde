"""OPML 2.0 (http://opml.org/spec2.opml) as lists of sources: read from anybody, written for anybody.

What a stranger's file can do is bounded: its bytes, outlines, depth and texts; it cannot declare entities.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from aggregator.errors import AggregatorError

MAX_BYTES = 16_777_216
MAX_OUTLINES = 20_000
MAX_DEPTH = 100
MAX_FOLDERS = 8
"""Folders of one source that are told apart; those further in count as the innermost of these."""
MAX_NAME_CHARACTERS = 200
OWN = "urn:aggregator:opml"
"""The namespace of the attributes that this program adds, so that its own files come back as they were."""

_PREFIX = f"{OWN} "
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_ENCODING = re.compile(rb"""^[^<]{0,3}<\?xml[^>]{0,100}?encoding=["']([A-Za-z0-9._-]{1,40})["']""")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedFolder:
    """An outline that holds others; ``topic_id`` where this program wrote it."""

    name: str
    topic_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedFeed:
    """A feed of a list: its address as written there, and the folders it is in, the outermost first.

    ``title`` is what the feed calls itself, where nobody named it. ``source_id`` and ``assigns``
    (whether its articles get the topic unmatched) are None where this program did not write the file.
    """

    url: str
    name: str | None = None
    title: str | None = None
    site_url: str | None = None
    folders: tuple[FeedFolder, ...] = ()
    source_id: str | None = None
    assigns: bool | None = None
    is_sitemap: bool = False


class OpmlError(AggregatorError):
    """A text is no list of feeds; one line that says why."""


def read_opml(body: bytes) -> tuple[ListedFeed, ...]:
    """Return the feeds in an OPML document, in its order; one that stands in two folders is there twice.

    Raises OpmlError where it is none, or holds more than a list of feeds does.
    """
    if len(body) > MAX_BYTES:
        raise OpmlError(f"larger than {MAX_BYTES} bytes, which no list of feeds is")
    text = _XML_DECLARATION.sub("", _NOT_TEXT.sub("", _decode(body)), count=1)
    try:
        return _OutlineReader().read(text)
    except expat.ExpatError:  # bare ampersands, and names that only HTML knows, are common
        try:
            return _OutlineReader().read(_BARE_AMPERSAND.sub("&amp;", text))
        except expat.ExpatError as error:
            where = f"line {error.lineno}, column {error.offset + 1}"
            raise OpmlError(f"not well-formed XML ({expat.ErrorString(error.code)}: {where})") from error


def _decode(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    stated = _ENCODING.match(body[:200])
    codec = stated[1].decode("ascii") if stated else "utf-8"
    try:
        return body.decode(codec, "replace").removeprefix("\ufeff")
    except (LookupError, ValueError):  # also codecs that make no text
        return body.decode("utf-8", "replace").removeprefix("\ufeff")


@dataclass(slots=True)
class _OutlineReader:
    """The state of reading one document: ``open_outlines`` has a folder, or None, for each open outline."""

    open_outlines: list[FeedFolder | None] = field(default_factory=list)
    found: list[ListedFeed] = field(default_factory=list)
    outlines: int = 0
    depth: int = 0

    def read(self, text: str) -> tuple[ListedFeed, ...]:
        parser = expat.ParserCreate("utf-8", " ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._refuse_entity
        parser.Parse(text.encode("utf-8", "replace"), True)
        return tuple(self.found)

    def _refuse_entity(self, *_: object) -> None:
        raise OpmlError("declares entities, which no list of feeds needs")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise OpmlError(f"nested deeper than {MAX_DEPTH} elements, which no list of feeds is")
        if self.depth == 1 and element.lower() != "opml":
            raise OpmlError(f"no OPML: its first element is <{element[:40]}>, not <opml>")
        if element.lower() == "outline":
            self._start_outline({name.lower(): value for name, value in attributes.items()})

    def _start_outline(self, attributes: dict[str, str]) -> None:
        self.outlines += 1
        if self.outlines > MAX_OUTLINES:
            raise OpmlError(f"more than {MAX_OUTLINES} outlines: split the file")
        url = attributes.get("xmlurl", "").strip()
        name = _clean(attributes.get("title") or attributes.get("text"))
        if not url:
            topic_id = _clean(attributes.get(f"{_PREFIX}topic"))
            self.open_outlines.append(FeedFolder(name=name, topic_id=topic_id) if name else None)
            return
        source_id = _clean(attributes.get(f"{_PREFIX}id"))
        folders = tuple(folder for folder in self.open_outlines if folder)[:MAX_FOLDERS]
        assigns = attributes.get(f"{_PREFIX}assign")
        self.found.append(
            ListedFeed(
                url=url,
                name=_clean(attributes.get("title")) if source_id else name,
                site_url=attributes.get("htmlurl", "").strip() or None,
                folders=folders,
                source_id=source_id,
                is_sitemap=attributes.get(f"{_PREFIX}type") == "sitemap",
                assigns=None if assigns is None else assigns == "true",
            )
        )
        self.open_outlines.append(None)

    def _end(self, element: str) -> None:
        self.depth -= 1
        if element.lower() == "outline":
            self.open_outlines.pop()


def _clean(text: str | None) -> str | None:
    """Return a text on one line, cut, without what is not shown; None where nothing is left."""
    cut = (text or "")[: 4 * MAX_NAME_CHARACTERS]
    return "".join(sign for sign in " ".join(cut.split()) if sign.isprintable())[:MAX_NAME_CHARACTERS] or None


def write_opml(title: str, feeds: Sequence[ListedFeed]) -> str:
    """Return an OPML 2.0 document with these feeds in their folders, each folder once, in order.

    Feeds and folders stand in the order in which they come first.
    """
    tree = _FolderContent()
    for feed in feeds:
        tree.place(feed)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:aggregator="{OWN}">',
        f"  <head><title>{_escape(title)}</title></head>",
        "  <body>",
        *tree.render("    "),
        "  </body>",
        "</opml>",
    ]
    return "\n".join(lines) + "\n"


@dataclass(slots=True)
class _FolderContent:
    """What one folder holds: other folders, then feeds."""

    folders: "dict[FeedFolder, _FolderContent]" = field(default_factory=dict)
    feeds: list[ListedFeed] = field(default_factory=list)

    def place(self, feed: ListedFeed) -> None:
        branch = self
        for folder in feed.folders:
            branch = branch.folders.setdefault(folder, _FolderContent())
        branch.feeds.append(feed)

    def render(self, margin: str) -> Iterator[str]:
        for folder, branch in self.folders.items():
            topic = _render_attributes({"aggregator:topic": folder.topic_id})
            yield f"{margin}<outline{_render_attributes({'text': folder.name})}{topic}>"
            yield from branch.render(f"{margin}  ")
            yield f"{margin}</outline>"
        for feed in self.feeds:
            yield f"{margin}<outline{_render_attributes(_list_attributes(feed))}/>"


def _list_attributes(feed: ListedFeed) -> dict[str, str | None]:
    return {
        "type": "rss",
        "text": feed.name or _clean(feed.title) or feed.source_id or feed.url,
        "title": feed.name,
        "xmlUrl": feed.url,
        "htmlUrl": feed.site_url,
        "aggregator:id": feed.source_id,
        "aggregator:type": "sitemap" if feed.is_sitemap else None,
        "aggregator:assign": "true" if feed.assigns else None,
    }


def _render_attributes(attributes: dict[str, str | None]) -> str:
    return "".join(f' {name}="{_escape(value)}"' for name, value in attributes.items() if value is not None)


def _escape(text: str) -> str:
    plain = _NOT_TEXT.sub("", text)
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\n", " ")):
        plain = plain.replace(sign, written)
    return plain
