"""Entries read without feedparser, many times faster, where it is certain that it would say the same.

feedparser spends most of a new document's time on what nobody asks for. What is read here is written as it
writes it, so that the same code makes entries of both. An entry with anything in it whose meaning to
feedparser is not plain (markup that is not escaped, another base, an element that it knows and ``raw`` does
not) is left to it.
"""

from collections.abc import Collection, Sequence
from typing import Any
from xml.parsers import expat

from aggregator.parse.cut import ENTRIES, Attributes, Cut
from aggregator.parse.namespaces import HANDLED, attribute_key, element_key
from aggregator.parse.raw import CONTAINERS, TAKEN, USED, WITHIN, RawEntry
from aggregator.parse.written import Uncertain

Fields = dict[str, Any]

_AUTHOR_PARTS = frozenset({"name", "email", "uri"})
_SCOPED = frozenset({"base", "xml:base", "mode"})
"""Attributes that change how what an element holds is read."""
_HARMLESS = frozenset({
    "category", "keywords", "dc_subject", "dc_publisher", "itunes_block", "itunes_category",
    "itunes_explicit", "itunes_keywords", "media_category", "media_credit", "media_keywords",
    "media_license", "media_rating", "media_restriction", "webmaster", "cc_license",
    "creativecommons_license",
})  # fmt: skip
"""Elements that feedparser knows and nobody here asks for."""
_SKIPPED = ""
_IN_PARTS = "author:"
"""An author who is told in parts: by name, e-mail address and page."""


def read_quickly(cut: Cut, spans: Sequence[bytes]) -> list[Fields | None]:
    """Return these entries of a document as feedparser gives them, None for each that it has to read."""
    reading = _Reading(is_atom=cut.is_atom, language=cut.language)
    reading.parser.Parse(b"".join((cut.head, *spans, cut.tail)), True)
    return reading.entries


class _Reading:
    """What expat tells, sorted into entries and the elements right below them."""

    def __init__(self, *, is_atom: bool, language: str | None) -> None:
        self.entries: list[Fields | None] = []
        self._is_atom, self._language = is_atom, language
        self._entry: RawEntry | None = None
        self._depth = 0  # of elements around, from the entry on
        self._open: list[str] = []
        self._text: list[str] = []
        self._attributes: Attributes = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.namespace_prefixes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append

    def _start(self, name: str, attributes: Attributes) -> None:
        if self._depth:
            self._depth += 1
            if self._entry is not None:
                try:
                    self._enter(self._entry, element_key(name), attributes)
                except Uncertain:
                    self._entry = None
        elif element_key(name) in ENTRIES:
            self._depth = 1
            self._begin(attributes)
        self._text.clear()

    def _end(self, _: str) -> None:
        if self._depth > 1:
            if self._entry is not None:
                try:
                    self._leave(self._entry)
                except Uncertain:
                    self._entry = None
        elif self._depth:
            self.entries.append(None if self._entry is None else self._entry.fields)
        self._depth -= self._depth > 0
        self._text.clear()

    def _begin(self, attributes: Attributes) -> None:
        self._open.clear()
        try:
            self._entry = RawEntry(_plain(attributes), is_atom=self._is_atom, language=self._language)
        except Uncertain:
            self._entry = None

    def _enter(self, entry: RawEntry, key: str | None, attributes: Attributes) -> None:
        role = self._role(key)
        self._open.append(role)
        if role != _SKIPPED:
            self._attributes = _plain(attributes)
            entry.open(role, self._attributes)

    def _role(self, key: str | None) -> str:
        """Return as what an element counts, by where it stands; raises Uncertain."""
        above = self._open[-1] if self._open else None
        if key is None:
            raise Uncertain
        if above is None:
            return key if key in TAKEN else _ignored(key, _HARMLESS)
        if above in CONTAINERS:
            return key if key in WITHIN else _ignored(key, _HARMLESS)
        if above == _SKIPPED and self._open[0] != _IN_PARTS:
            return _ignored(key)
        if above not in ("author", _IN_PARTS) or "".join(self._text).strip():
            raise Uncertain
        self._open[-1] = _IN_PARTS
        return key if key in _AUTHOR_PARTS else _ignored(key)

    def _leave(self, entry: RawEntry) -> None:
        role, text = self._open.pop(), "".join(self._text)
        if role in _AUTHOR_PARTS:
            entry.name_author(role, text)
        elif role == _IN_PARTS:
            if text.strip():
                raise Uncertain
            entry.end_author()
        elif role == _SKIPPED:  # of some, feedparser adds the text to what is around
            if self._open and self._open[0] == _IN_PARTS and text.strip():
                raise Uncertain
        else:
            entry.close(role, text, self._attributes)


def _ignored(key: str, harmless: Collection[str] = ()) -> str:
    if key not in harmless and (key in HANDLED or key in USED):
        raise Uncertain
    return _SKIPPED


def _plain(attributes: Attributes) -> Attributes:
    """Return attributes as feedparser names them; raises Uncertain where one changes what others mean."""
    plain: Attributes = {}
    for name, value in attributes.items():
        key = attribute_key(name)
        if key is None or key in _SCOPED or key in plain:
            raise Uncertain
        plain[key] = value.lower() if key in ("rel", "type") else value
    return plain
