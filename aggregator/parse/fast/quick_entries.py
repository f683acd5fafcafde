"""Entries read without feedparser, many times faster, where it is certain that it would give the same.

feedparser spends most of a new document's time on what is not used. What is read here has the form that it
gives, so that the same code makes entries of both. An entry is left to feedparser where anything in it has no
plain meaning to it: markup that is not escaped, another base, an element that it knows and
``entry_elements`` does not.
"""

from collections.abc import Collection, Sequence

from aggregator.parse.entry import Raw
from aggregator.parse.fast.entry_elements import (
    CONTAINERS,
    ELEMENTS,
    OPENED,
    TAKEN,
    USED,
    WITHIN,
    EntryBuilder,
)
from aggregator.parse.fast.entry_spans import Attributes, CutDocument, DocumentCutter
from aggregator.parse.fast.feedparser_text import UncertainError, name_attributes
from aggregator.parse.fast.namespaces import HANDLED, find_element_key

_AUTHOR_PARTS = frozenset({"name", "email", "uri"})
_HARMLESS = frozenset({
    "category", "keywords", "dc_subject", "dc_publisher", "itunes_block", "itunes_category",
    "itunes_explicit", "itunes_keywords", "media_category", "media_credit", "media_keywords",
    "media_license", "media_rating", "media_restriction", "webmaster", "cc_license",
    "creativecommons_license",
})  # fmt: skip
"""Elements that feedparser knows and we do not use."""
_SKIPPED = ""
_IN_PARTS = "author:"
"""An author who is given in parts: name, e-mail address and page."""


def read_quickly(cut: CutDocument, spans: Sequence[bytes]) -> list[Raw | None]:
    """Return these entries of a document, each None where feedparser has to read it."""
    reader = _EntryReader()
    reader.walk(b"".join((cut.head, *spans, cut.tail)))
    return reader.entries


def cut_and_read(document: bytes) -> tuple[CutDocument, list[Raw | None]] | None:
    """Return a document cut into its entries, and these as ``read_quickly`` does.

    None where it is not certain how to cut it.
    """
    reader = _EntryReader()
    cut = reader.cut(document)
    return (cut, reader.entries) if cut else None


class _EntryReader(DocumentCutter):
    """Builds entries of what an XML parser finds, from the elements right below them."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Raw | None] = []
        self._entry: EntryBuilder | None = None
        self._text: list[str] = []
        self._take_text = self._text.append
        self._attributes: Attributes = {}
        self._roles: dict[str, str] = {}

    def _begin_entry(self, attributes: Attributes) -> None:
        try:
            self._entry = EntryBuilder(
                name_attributes(attributes), is_atom=self.is_atom, language=self.language
            )
        except UncertainError:
            self._entry = None

    def _end_entry(self) -> None:
        self.entries.append(None if self._entry is None else self._entry.fields)
        super()._end_entry()

    def _start_within(self, name: str, attributes: Attributes) -> None:
        if self._entry is None:
            super()._start_within(name, attributes)
            return
        role: str | None = None
        try:
            if self._open:
                self._pairs.add((self._outer, name))
                role = self._find_role_within(find_element_key(name))
            else:
                self._outer = name
                role = self._roles.get(name)
                if role is None:
                    role = self._find_own_role(name)
            if role:
                self._attributes = name_attributes(attributes) if attributes else attributes
                if role in OPENED:
                    self._entry.start_element(role, self._attributes)
        except UncertainError:
            self._entry = None
        self._open.append(role or _SKIPPED)
        self._text.clear()

    def _find_own_role(self, name: str) -> str:
        """Return what an element right below an entry counts as; raises UncertainError."""
        self._names.add(name)
        key = _require_key(find_element_key(name))
        role = self._roles[name] = key if key in TAKEN else _require_ignorable(key, _HARMLESS)
        return role

    def _find_role_within(self, name: str | None) -> str:
        """Return what an element further below counts as, by where it stands; raises UncertainError."""
        key, above = _require_key(name), self._open[-1]
        if above in CONTAINERS:
            return key if key in WITHIN else _require_ignorable(key, _HARMLESS)
        if above == _SKIPPED and self._open[0] != _IN_PARTS:
            return _require_ignorable(key)
        if above not in ("author", _IN_PARTS) or "".join(self._text).strip():
            raise UncertainError
        self._open[-1] = _IN_PARTS
        return key if key in _AUTHOR_PARTS else _require_ignorable(key)

    def _end_within(self, name: str) -> None:
        if self._entry is None or not self._open:
            super()._end_within(name)
            return
        role = self._open.pop()
        take = ELEMENTS.get(role)
        try:
            if take is not None:
                take(self._entry, "".join(self._text), self._attributes)
            elif role or self._open:
                self._leave_element(self._entry, role, "".join(self._text))
        except UncertainError:
            self._entry = None
        self._text.clear()

    def _leave_element(self, entry: EntryBuilder, role: str, text: str) -> None:
        if role in _AUTHOR_PARTS:
            entry.name_author(role, text)
        elif role == _IN_PARTS:
            if text.strip():
                raise UncertainError
            entry.end_author()
        elif role == _SKIPPED and self._open[0] == _IN_PARTS and text.strip():
            raise UncertainError  # of some, feedparser adds the text to what is around


def _require_key(key: str | None) -> str:
    if key is None:
        raise UncertainError
    return key


def _require_ignorable(key: str, harmless: Collection[str] = ()) -> str:
    if key not in harmless and (key in HANDLED or key in USED):
        raise UncertainError
    return _SKIPPED
