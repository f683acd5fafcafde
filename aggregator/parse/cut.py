"""A document cut into its entries, so that each can be told from the others and read by itself.

Where the entries begin and end an XML parser says. A document is not cut where that is not certain, or
where one entry could change how another is read: one that is not well-formed, nests entries, has anything
but blanks between them or any element after them, or uses namespaces in an odd way.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.parsers import expat

from aggregator.parse.namespaces import Namespaces, attribute_key, element_key, written_name
from aggregator.parse.nested_elements import has_nested

ENTRIES = frozenset({"item", "entry"})
_ROOTS = frozenset({"rss", "feed"})
_AROUND = frozenset({*_ROOTS, "channel", "rdf_rdf"})
_BLANKS = b" \t\r\n"
_END_TAG = re.compile(rb"</([^\s>]+)\s*>")

Attributes = dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """A well-formed document in UTF-8: ``head``, then the ``spans`` of its entries, then ``tail``.

    ``name`` is the name of every span's element, as written. ``scope`` says which elements are around them,
    and which namespaces were declared; ``is_atom`` and ``language`` hold where they begin. ``has_nested``
    tells that something within the entries' elements may have to be told apart first.
    """

    head: bytes
    spans: tuple[bytes, ...]
    tail: bytes
    name: str
    scope: str
    is_atom: bool
    language: str | None
    has_nested: bool


def cut_document(document: bytes) -> Cut | None:
    """Return a document in UTF-8 cut into its entries, None where that is not certain."""
    knife = _Knife()
    try:
        knife.parser.Parse(document, True)
    except (expat.ExpatError, _Odd):
        return None
    ends = [_END_TAG.match(document, end) for _, end in knife.edges]
    names = {end[1] if end else b"" for end in ends}
    if len(names) != 1 or b"" in names:
        return None
    edges = [(start, end.end()) for (start, _), end in zip(knife.edges, ends, strict=True) if end]
    if any(document[end:start].strip(_BLANKS) for (_, end), (start, _) in pairwise(edges)):
        return None
    name = names.pop().decode()
    return Cut(
        head=document[: edges[0][0]],
        spans=tuple(document[start:end] for start, end in edges),
        tail=document[edges[-1][1] :],
        name=name,
        scope=knife.scope,
        is_atom=knife.is_atom,
        language=knife.language,
        has_nested=has_nested(*knife.written_names(), name.rpartition(":")[0]),
    )


class _Odd(Exception):
    """One entry could change how another is read, or what an entry is depends on more than its name."""


class _Knife:
    """Notes where entries start and where their end tags do, and what is around them."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.namespace_prefixes = True
        self.parser.StartNamespaceDeclHandler = self._declare
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.namespaces = Namespaces()
        self.edges: list[tuple[int, int]] = []
        self.is_atom = False
        self.language: str | None = None
        self.scope = ""
        self._declared: list[tuple[str | None, str | None]] = []
        self._around: list[tuple[str, Attributes]] = []
        self._root: str | None = None
        self._started: int | None = None
        self._open: list[str] = []  # from the entry's own elements on
        self._names: set[str] = set()
        self._pairs: set[tuple[str, str]] = set()

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        says_version = self._root is not None and self._root not in _ROOTS
        self.namespaces.declare(prefix, uri, in_entry=self._started is not None, says_version=says_version)
        if self.namespaces.are_odd:
            raise _Odd
        if not self.scope:
            self._declared.append((prefix, uri))

    def _start(self, name: str, attributes: Attributes) -> None:
        key = element_key(name)
        if self._root is None:
            self._root = key or ""
            self.is_atom = key == "feed"
        elif key in _ROOTS:  # it would change the version of what follows
            raise _Odd
        if key in ENTRIES:
            if self._started is not None:
                raise _Odd
            self._started = self.parser.CurrentByteIndex
            if not self.scope:
                self._enclose()
        elif self._started is None:
            if self.edges:
                raise _Odd
            self._around.append((name, attributes))
        else:
            if self._open:
                self._pairs.add((self._open[0], name))
            else:
                self._names.add(name)
            self._open.append(name)

    def _enclose(self) -> None:
        if any(element_key(name) not in _AROUND for name, _ in self._around):
            raise _Odd
        self.scope = repr((self._around, self._declared))
        self.language = language_within(None, [attributes for _, attributes in self._around])

    def _end(self, name: str) -> None:
        if self._started is None:
            self._around.pop()
        elif element_key(name) in ENTRIES:
            self.edges.append((self._started, self.parser.CurrentByteIndex))
            self._started = None
        else:
            self._open.pop()

    def written_names(self) -> tuple[set[str], set[tuple[str, str]]]:
        """Return the names of the entries' own elements, and pairs of them and of elements within."""
        pairs = {(written_name(outer), written_name(inner)) for outer, inner in self._pairs}
        return set(map(written_name, self._names)), pairs


def language_within(language: str | None, around: Sequence[Attributes]) -> str | None:
    """Return the language that holds within elements of these attributes, as feedparser writes it."""
    for attributes in around:
        named = {attribute_key(name): value for name, value in attributes.items()}
        stated = named.get("xml:lang", named.get("lang"))
        if stated is not None:
            language = stated or None
    return language and language.replace("_", "-")
