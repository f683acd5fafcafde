"""A document cut into its entries, so that each can be told from the others and read by itself.

Where the entries begin and end an XML parser says. A document that is not well-formed, that nests entries
or has anything but blanks between them is not cut.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from xml.parsers import expat

_ENTRY_NAMES = frozenset({"item", "entry"})
_BLANKS = b" \t\r\n"
_END_TAG = re.compile(rb"</([^\s>]+)\s*>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """A well-formed document in UTF-8: ``head``, then the ``spans`` of its entries, then ``tail``.

    ``name`` is the name of every span's element, as written.
    """

    head: bytes
    spans: tuple[bytes, ...]
    tail: bytes
    name: str


PROBE = "probe"
"""The title of entries that are added to see how feedparser takes those beside them."""
_PROBED = {
    "item": ("title", "link", "guid", "description", "author", "pubDate"),
    "entry": ("title", "id", "summary", "content", "updated"),
}


def probe_like(name: str) -> bytes:
    """Return an entry whose every element says so little that it is read the same wherever it stands.

    ``name`` is that of the entries' elements, as written.
    """
    prefix, colon, local = name.rpartition(":")
    inner = (f"{prefix}{colon}{part}" for part in _PROBED[local.lower()])
    return f"<{name}>{''.join(f'<{part}>{PROBE}</{part}>' for part in inner)}</{name}>".encode()


def is_plain_probe(read: Mapping[str, Any]) -> bool:
    """Tell whether feedparser takes a probe as it takes an entry of a clean document."""
    details = (read.get(key, {}).get("value") for key in ("title_detail", "summary_detail"))
    return read.get("id") == PROBE and "id_detail" not in read and all(value == PROBE for value in details)


def cut_document(document: bytes) -> Cut | None:
    """Return a document in UTF-8 cut into its entries, None where that is not certain."""
    knife = _Knife()
    try:
        knife.parser.Parse(document, True)
    except expat.ExpatError:
        return None
    ends = [_END_TAG.match(document, end) for _, end in knife.edges]
    names = {end[1] if end else b"" for end in ends}
    if knife.is_nested or len(names) != 1 or b"" in names:
        return None
    edges = [(start, end.end()) for (start, _), end in zip(knife.edges, ends, strict=True) if end]
    if any(document[end:start].strip(_BLANKS) for (_, end), (start, _) in pairwise(edges)):
        return None
    return Cut(
        head=document[: edges[0][0]],
        spans=tuple(document[start:end] for start, end in edges),
        tail=document[edges[-1][1] :],
        name=names.pop().decode(),
    )


class _Knife:
    """Notes where entries start, and where their end tags do."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.edges: list[tuple[int, int]] = []
        self._are_entries: dict[str, bool] = {}
        self.is_nested = False
        self._started: int | None = None

    def _start(self, name: str, _: object) -> None:
        if self._is_entry(name):
            self.is_nested = self.is_nested or self._started is not None
            self._started = self.parser.CurrentByteIndex

    def _end(self, name: str) -> None:
        if self._started is not None and self._is_entry(name):
            self.edges.append((self._started, self.parser.CurrentByteIndex))
            self._started = None

    def _is_entry(self, name: str) -> bool:
        is_entry = self._are_entries.get(name)
        if is_entry is None:
            is_entry = self._are_entries[name] = name.rpartition(" ")[2].lower() in _ENTRY_NAMES
        return is_entry
