"""What feedparser calls the elements and attributes of the namespaces that feeds use."""

from collections.abc import Mapping

import feedparser.api

_PREFIXES: Mapping[str, str] = {
    uri.lower(): prefix.lower() for uri, prefix in feedparser.api.StrictFeedParser.namespaces.items()
}
_KNOWN_PREFIXES = frozenset(_PREFIXES.values()) - {""}

HANDLED = frozenset(
    name.split("_", 2)[2]
    for name in dir(feedparser.api.StrictFeedParser)
    if name.startswith(("_start_", "_end_"))
)
"""Elements that mean something to feedparser; of every other one it only keeps the text."""


def element_key(name: str) -> str | None:
    """Return what feedparser calls an element (``dc_creator``), None where that depends on the document.

    ``name`` is what expat says: ``URI LOCAL``, ``URI LOCAL PREFIX`` or ``LOCAL``.
    """
    uri, local, prefix = _parts(name)
    if not uri or "backend.userland.com/rss" in uri:
        return local
    known = _PREFIXES.get(uri)
    if known is None and prefix in _KNOWN_PREFIXES:  # of an unknown namespace the prefix is believed
        return None
    known = prefix if known is None else known
    return f"{known}_{local}" if known else local


def attribute_key(name: str) -> str | None:
    """Return what feedparser calls an attribute (``href``, ``xml:lang``), None where that is not plain."""
    uri, local, _ = _parts(name)
    if not uri:
        return local
    prefix = _PREFIXES.get(uri)
    return f"{prefix}:{local}" if prefix else None


def is_plain_prefix(prefix: str | None, uri: str | None) -> bool:
    """Tell whether a document gives a namespace no other's usual prefix."""
    given, lower = (prefix or "").lower(), (uri or "").lower()
    return given not in _KNOWN_PREFIXES or _PREFIXES.get(lower, given) == given


def _parts(name: str) -> tuple[str, str, str]:
    uri, _, rest = name.partition(" ") if " " in name else ("", "", name)
    local, _, prefix = rest.partition(" ")
    return uri.lower(), local.lower(), prefix.lower()
