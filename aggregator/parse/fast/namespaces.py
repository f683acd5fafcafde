"""What feedparser calls the elements and attributes of the namespaces that feeds use."""

from collections.abc import Mapping
from functools import lru_cache

import feedparser.api

_PREFIXES: Mapping[str, str] = {
    uri.lower(): prefix.lower() for uri, prefix in feedparser.api.StrictFeedParser.namespaces.items()
}
_KNOWN_PREFIXES = frozenset(_PREFIXES.values()) - {""}
_USERLAND = "backend.userland.com/rss"
_XLINK = "http://www.w3.org/1999/xlink"
_USUAL_CHARS = 200
"""Longer names are not remembered: a hostile document would fill the memory with them."""
_ATOM = "http://www.w3.org/2005/atom"

HANDLED = frozenset(
    name.split("_", 2)[2]
    for name in dir(feedparser.api.StrictFeedParser)
    if name.startswith(("_start_", "_end_"))
) | frozenset(feedparser.FeedParserDict.keymap)
"""Elements that mean something to feedparser; of all others it keeps only the text."""


class Namespaces:
    """The namespaces that a document declares; ``are_odd`` says that names depend on more than those.

    feedparser never forgets a declaration, and finds prefixes by address and addresses by prefix.
    """

    def __init__(self) -> None:
        self.are_odd = False
        self._prefixes: dict[str, str | None] = {}
        self._uris: dict[str, str] = {}

    def declare(self, prefix: str | None, uri: str | None, *, in_entry: bool, says_version: bool) -> None:
        """Take a declaration; ``says_version`` where feedparser would take the document's version from it."""
        if not uri:
            return
        lower, given = uri.lower(), (prefix or "").lower()
        self.are_odd = (
            self.are_odd
            or uri.split() != [uri]
            or (bool(given) and self._uris.setdefault(given, uri) != uri)
            or (given in _KNOWN_PREFIXES and _PREFIXES.get(lower) != given)
            or (lower not in _PREFIXES and self._prefixes.setdefault(uri, prefix) != prefix)
            or (in_entry and lower == _XLINK)
            or (says_version and lower == _ATOM)
        )


def find_element_key(name: str) -> str | None:
    """Return what feedparser calls an element (``dc_creator``), None where that depends on the document.

    ``name`` is what expat says: ``URI LOCAL``, ``URI LOCAL PREFIX`` or ``LOCAL``.
    """
    return _cached_element_key(name) if len(name) <= _USUAL_CHARS else _find_element_key(name)


def find_attribute_key(name: str) -> str | None:
    """Return what feedparser calls an attribute (``href``, ``xml:lang``), None where that is not plain."""
    return _cached_attribute_key(name) if len(name) <= _USUAL_CHARS else _find_attribute_key(name)


def find_written_name(name: str) -> str:
    """Return the name of an element as it is written in the document, from what expat says."""
    _, local, prefix = (*name.split(" "), "", "")[:3] if " " in name else ("", name, "")
    return f"{prefix}:{local}" if prefix else local


def _find_element_key(name: str) -> str | None:
    uri, local, prefix = _split_name(name)
    if not uri or _USERLAND in uri:
        return local
    known = _PREFIXES.get(uri)
    if known is None and prefix in _KNOWN_PREFIXES:  # of an unknown namespace the prefix is believed
        return None
    known = prefix if known is None else known
    return f"{known}_{local}" if known else local


def _find_attribute_key(name: str) -> str | None:
    uri, local, _ = _split_name(name)
    if not uri:
        return local
    prefix = _PREFIXES.get(uri)
    return f"{prefix}:{local}" if prefix else None


def _split_name(name: str) -> tuple[str, str, str]:
    uri, _, rest = name.partition(" ") if " " in name else ("", "", name)
    local, _, prefix = rest.partition(" ")
    return uri.lower(), local.lower(), prefix.lower()


_cached_element_key = lru_cache(maxsize=4096)(_find_element_key)
_cached_attribute_key = lru_cache(maxsize=4096)(_find_attribute_key)
