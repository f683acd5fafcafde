"""A document cut into its entries, so that each can be compared and read by itself.

An XML parser says where the entries begin and end. A document is not cut where that is not certain, or
where one entry could change how another is read: where it is not well-formed, nests entries, has anything
but spaces between them or any element after them, or uses namespaces in an odd way.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from xml.parsers import expat

from aggregator.parse.documents.nested_elements import has_nested
from aggregator.parse.fast.namespaces import (
    Namespaces,
    find_attribute_key,
    find_element_key,
    find_written_name,
)

_ENTRIES = frozenset({"item", "entry"})
_ROOTS = frozenset({"rss", "feed"})
_NEVER_WITHIN = _ENTRIES | _ROOTS
_AROUND = frozenset({*_ROOTS, "channel", "rdf_rdf"})
_SPACES = b" \t\r\n"
_END_TAG = re.compile(rb"</([^\s>]+)\s*>")

Attributes = dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class CutDocument:
    """A well-formed document in UTF-8: ``head``, then the ``spans`` of its entries, then ``tail``.

    ``name`` is the name of every span's element, as written. ``scope`` says which elements are around them,
    and which namespaces were declared; ``is_atom`` and ``language`` hold where they begin. ``has_nested``
    says that ``separate_nested`` may change something within the entries' elements.
    """

    head: bytes
    spans: tuple[bytes, ...]
    tail: bytes
    name: str
    scope: str
    is_atom: bool
    language: str | None
    has_nested: bool


def cut_document(document: bytes) -> CutDocument | None:
    """Return a document in UTF-8 cut into its entries, None where that is not certain."""
    return DocumentCutter().cut(document)


class OddDocumentError(Exception):
    """One entry could change how another is read, or what an entry is depends on more than its name."""


class DocumentCutter:
    """Notes where entries and their end tags start, and what is around and within them; for one document.

    A class that reads entries while they are cut overrides what is called within them, and sets a function
    that takes their texts.
    """

    is_atom = False
    language: str | None = None
    _take_text: Callable[[str], object] | None = None

    def __init__(self) -> None:
        self._namespaces = Namespaces()
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._scope = ""
        self._declared: list[tuple[str | None, str | None]] = []
        self._around: list[tuple[str, Attributes]] = []
        self._root: str | None = None
        self._open: list[str] = []  # from the entry's own elements on
        self._outer = ""  # the last of those
        self._names: set[str] = set()
        self._pairs: set[tuple[str, str]] = set()

    def cut(self, document: bytes) -> CutDocument | None:
        """Return the document cut into its entries, None where that is not certain."""
        try:
            self.walk(document)
        except (expat.ExpatError, OddDocumentError):
            return None
        ends = [_END_TAG.match(document, end) for end in self._ends]
        names = {end[1] if end else b"" for end in ends}
        if len(names) != 1 or b"" in names or self._has_odd_names():
            return None
        edges = [(start, end.end()) for start, end in zip(self._starts, ends, strict=True) if end]
        if any(document[end:start].strip(_SPACES) for (_, end), (start, _) in pairwise(edges)):
            return None
        name = names.pop().decode()
        return CutDocument(
            head=document[: edges[0][0]],
            spans=tuple(document[start:end] for start, end in edges),
            tail=document[edges[-1][1] :],
            name=name,
            scope=self._scope,
            is_atom=self.is_atom,
            language=self.language,
            has_nested=has_nested(*self._find_written_names(), name.rpartition(":")[0]),
        )

    def walk(self, document: bytes) -> None:
        """Have an XML parser go through the document; raises ExpatError, OddDocumentError."""
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.namespace_prefixes = True
        self._parser.buffer_text = True
        self._parser.StartNamespaceDeclHandler = self._take_declaration
        self._parser.CharacterDataHandler = self._take_text
        self._watch_around()
        try:
            self._parser.Parse(document, True)
        finally:
            del self._parser  # which holds this object

    def _take_declaration(self, prefix: str | None, uri: str | None) -> None:
        says_version = self._root is not None and self._root not in _ROOTS
        in_entry = len(self._starts) > len(self._ends)
        self._namespaces.declare(prefix, uri, in_entry=in_entry, says_version=says_version)
        if self._namespaces.are_odd:
            raise OddDocumentError
        if not self._scope:
            self._declared.append((prefix, uri))

    def _watch_around(self) -> None:
        self._parser.StartElementHandler = self._start_around
        self._parser.EndElementHandler = self._end_around

    def _start_around(self, name: str, attributes: Attributes) -> None:
        key = find_element_key(name)
        if self._root is None:
            self._root = key or ""
            self.is_atom = key == "feed"
        elif key in _ROOTS:  # it would change the version of what follows
            raise OddDocumentError
        if key in _ENTRIES:
            self._starts.append(self._parser.CurrentByteIndex)
            if not self._scope:
                self._note_scope()
            self._parser.StartElementHandler = self._start_within
            self._parser.EndElementHandler = self._end_within
            self._begin_entry(attributes)
        elif self._ends:
            raise OddDocumentError
        else:
            self._around.append((name, attributes))

    def _note_scope(self) -> None:
        if any(find_element_key(name) not in _AROUND for name, _ in self._around):
            raise OddDocumentError
        self._scope = repr((self._around, self._declared))
        self.language = find_language(None, [attributes for _, attributes in self._around])

    def _end_around(self, _: str) -> None:
        self._around.pop()

    def _begin_entry(self, attributes: Attributes) -> None:
        """Take an entry's start tag."""

    def _start_within(self, name: str, _: Attributes) -> None:
        if self._open:
            self._pairs.add((self._outer, name))
        else:
            self._outer = name
            self._names.add(name)
        self._open.append(name)

    def _end_within(self, _: str) -> None:
        if self._open:
            self._open.pop()
        else:
            self._end_entry()

    def _end_entry(self) -> None:
        self._ends.append(self._parser.CurrentByteIndex)
        self._watch_around()

    def _has_odd_names(self) -> bool:
        """Tell whether an entry holds another one, or what changes the version of what follows."""
        names = chain(self._names, (name for _, name in self._pairs))
        return any(find_element_key(name) in _NEVER_WITHIN for name in names)

    def _find_written_names(self) -> tuple[set[str], set[tuple[str, str]]]:
        """Return the names of the entries' own elements, and pairs of them and of elements within."""
        pairs = {(find_written_name(outer), find_written_name(inner)) for outer, inner in self._pairs}
        return set(map(find_written_name, self._names)), pairs


def find_language(language: str | None, around: Sequence[Attributes]) -> str | None:
    """Return the language that holds within elements of these attributes, as feedparser writes it.

    ``language`` is the one around them; None: it is not stated.
    """
    for attributes in around:
        named = {find_attribute_key(name): value for name, value in attributes.items()}
        stated = named.get("xml:lang", named.get("lang"))
        if stated is not None:
            language = stated or None
    return language and language.replace("_", "-")
