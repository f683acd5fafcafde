"""Objects within an entry's elements, separated from what the entry says of itself.

feedparser takes every title and link within an entry for the entry's own, also those of an object that the
entry is about (the note that was liked, the book that is reviewed), and it knows no pictures but those of
Media RSS. So the words of such objects are taken out here, and pictures in any element are rewritten as one
kind of element.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from aggregator.parse.documents.item_pictures import is_picture_element, write_picture_element

_ENTRY = re.compile(r"<(?:[A-Za-z][\w.-]*+:)?+(?:item|entry)(?=[\s>])", re.IGNORECASE)
_ATTRIBUTES = r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+"""
_TOKEN = re.compile(
    rf"""<(?P<end>/?)(?P<name>[A-Za-z_][\w:.-]*+)(?P<attributes>{_ATTRIBUTES})>
        (?:(?<!/>)(?P<content>(?:[^<]++|<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+\]\]>)*+)(?P<leaf></(?P=name)\s*+>))?+
    | <!\[CDATA\[.*?(?:\]\]>|\Z) | <!--.*?(?:-->|\Z) | <\?.*?(?:\?>|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_ENTRIES = frozenset({"item", "entry"})
_OWN_PREFIXES = frozenset({"atom", "a10", "rss"})
_PERSONS = frozenset({
    "author", "contributor", "creator", "maker", "owner", "person", "profile", "publisher", "user",
})  # fmt: skip
_TEXTS = frozenset({"content", "content_encoded", "description", "summary", "title", "xhtml_body", "body"})
"""What they hold is the entry's text, whatever its elements are called."""
_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("id", "guid"), "id"),
    "link": "link",
    **dict.fromkeys(("title", "dc_title"), "title"),
    **dict.fromkeys(("summary", "description", "dc_description", "content", "content_encoded"), "text"),
    **dict.fromkeys(("published", "updated", "created", "issued", "modified", "pubdate", "dc_date"), "date"),
    **dict.fromkeys(("author", "contributor", "dc_creator"), "author"),
}
"""The elements by which an entry or an object says what it is, by what they say."""
_OF_OBJECTS = frozenset({"id", "link", "title"})
_MOST_DEEP = 50


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str = ""


@dataclass(slots=True)
class _OpenElement:
    key: str
    name: str
    start: int
    inner: int
    attributes: str
    kinds: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _EntryContents:
    """What is in one entry: the kinds of its own elements, its pictures, and elements of objects."""

    kinds: set[str] = field(default_factory=set)
    pictures: list[_Edit] = field(default_factory=list)
    nested: list[tuple[str, _OpenElement, _Edit]] = field(default_factory=list)

    def find_edits(self) -> Iterator[_Edit]:
        """Yield what is to be changed in the entry."""
        yield from self.pictures
        is_entry = bool(self.kinds & _OF_OBJECTS)
        for kind, wrapper, edit in self.nested:
            if kind in self.kinds or (is_entry and len(wrapper.kinds & _OF_OBJECTS) > 1):
                yield edit


def separate_nested(text: str) -> str:
    """Return a document without the words of objects within its entries, with one kind of picture element.

    An object's words stay where the entry has none of their kind: then they are its own, only deeper.
    """
    first = _ENTRY.search(text)
    if first is None:
        return text
    pieces, at = [], 0
    for edit in sorted(_find_edits(text, first.start()), key=lambda edit: edit.start):
        if edit.start < at:
            continue
        pieces += [text[at : edit.start], edit.text, "\n" * text.count("\n", edit.start, edit.end)]
        at = edit.end
    return "".join((*pieces, text[at:]))


def has_nested(names: Iterable[str], pairs: Iterable[tuple[str, str]], own_prefix: str) -> bool:
    """Tell whether ``separate_nested`` may change a document.

    ``names`` are those of the elements right below its entries, as written, and ``pairs`` theirs with
    those of elements within them; ``own_prefix`` is that of the entries.
    """
    if any(map(is_picture_element, names)):
        return True
    outer = {name: _name_key(name, own_prefix) for name, _ in pairs}
    return any(
        is_picture_element(inner) or (_holds_objects(outer[name]) and _name_key(inner, own_prefix) in _KINDS)
        for name, inner in pairs
        if outer[name] not in _TEXTS
    )


def _holds_objects(key: str) -> bool:
    # Of these alone feedparser knows what they hold.
    return key not in _TEXTS and key != "source"


def _find_edits(text: str, start: int) -> Iterator[_Edit]:
    contents: _EntryContents | None = None
    prefix, opened = "", list[_OpenElement]()
    for token in _TOKEN.finditer(text, start):
        name, end, attributes, leaf = token.group("name", "end", "attributes", "leaf")
        if name is None:
            continue
        key = _name_key(name, prefix)
        if contents is None:
            if key.rpartition("_")[2] in _ENTRIES and not end and not leaf:
                contents, prefix, opened = _EntryContents(), name.rpartition(":")[0], []
        elif key in _ENTRIES:
            yield from contents.find_edits()
            contents = None if end else _EntryContents()
            opened = []
        elif end:
            _close(text, token.span(), key, opened, contents)
        elif len(opened) < _MOST_DEEP:
            opened.append(_OpenElement(key, name, token.start(), token.end("attributes") + 1, attributes))
            if leaf or attributes.endswith("/"):
                at = token.start("leaf") if leaf else token.end()
                _close(text, (at, token.end()), key, opened, contents)


def _close(
    text: str, tag: tuple[int, int], key: str, opened: list[_OpenElement], contents: _EntryContents
) -> None:
    """Take the end of an element, whose end tag is the ``tag`` of the text."""
    while opened and opened[-1].key != key and any(one.key == key for one in opened):
        opened.pop()
    if not opened or opened[-1].key != key:
        return
    element, (start, end) = opened.pop(), tag
    kind, is_picture = _KINDS.get(key), is_picture_element(element.name)
    if kind is None and not is_picture:
        return
    around = [one.key for one in opened]
    if not _TEXTS.isdisjoint(around) or any(is_picture_element(one.name) for one in opened):
        return
    if is_picture:
        picture = write_picture_element(element.attributes, text[element.inner : start])
        contents.pictures.append(_Edit(element.start, end, "" if _has_person(around) else picture))
    elif kind and not opened:
        contents.kinds.add(kind)
    elif kind and _holds_objects(opened[0].key):
        opened[0].kinds.add(kind)
        contents.nested.append((kind, opened[0], _Edit(element.start, end)))


def _has_person(keys: Sequence[str]) -> bool:
    return any(key.rpartition("_")[2] in _PERSONS for key in keys)


@lru_cache(maxsize=1024)
def _name_key(name: str, own_prefix: str) -> str:
    """Return what feedparser calls an element; ``own_prefix`` is that of the entry's own elements."""
    prefix, _, local = name.lower().rpartition(":")
    return (
        f"{prefix}_{local}"
        if prefix and prefix not in _OWN_PREFIXES and prefix != own_prefix.lower()
        else local
    )
