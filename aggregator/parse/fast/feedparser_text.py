"""Texts, links and attributes as feedparser gives them."""

import re
from contextlib import suppress
from html.entities import entitydefs
from typing import Any

from aggregator.parse.fast.entry_spans import Attributes
from aggregator.parse.fast.namespaces import find_attribute_key

_TAG_OR_ENTITY = re.compile(r"</(\w+)>|&#?\w+;")
_NAMED = re.compile(r"&(\w+);")
_MANY_SLASHES = re.compile(r"[A-Za-z][A-Za-z0-9+-.]*:///")
_WINDOWS = re.compile("[\x80-\x9f]")
_SCOPED = frozenset({"base", "xml:base", "mode"})
"""Attributes that change how what an element holds is read."""
_PAGES = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})


class UncertainError(Exception):
    """What feedparser would make of this is not known here."""


def mend_text(text: str) -> str:
    """Return a text stripped, and decoded where it was encoded twice; raises UncertainError."""
    stripped = text.strip()
    if stripped.isascii():
        return stripped
    with suppress(UnicodeError):
        stripped = stripped.encode("latin-1").decode("utf-8")
    if _WINDOWS.search(stripped):
        raise UncertainError
    return stripped


def check_address(url: str) -> str:
    """Return an address, which stays as it is where there is no base; raises UncertainError."""
    if "///" in url and _MANY_SLASHES.match(url.strip()):
        raise UncertainError
    return url


def name_attributes(attributes: Attributes) -> Attributes:
    """Return attributes as feedparser names them; raises UncertainError where one changes the others."""
    plain: Attributes = {}
    for name, value in attributes.items():
        key = find_attribute_key(name)
        if key is None or key in _SCOPED or key in plain:
            raise UncertainError
        plain[key] = value.lower() if key in ("rel", "type") else value
    return plain


def add_href(attributes: Attributes) -> Attributes:
    """Return attributes with the address among them called ``href``."""
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if not href:
        return attributes
    return {**{name: value for name, value in attributes.items() if name not in ("url", "uri")}, "href": href}


def add_link(fields: dict[str, Any], attributes: Attributes) -> Attributes:
    """Add a link with these attributes to an entry or a feed, and return it; raises UncertainError.

    Where it has no ``href``, the text of its element is the address.
    """
    link = {"rel": "alternate", "type": "text/html", **attributes}
    if link["rel"] == "self" and "type" not in attributes:
        link["type"] = "application/atom+xml"
    link = add_href(link)
    fields.setdefault("links", []).append(link)
    if "href" in link:
        link["href"] = check_address(link["href"])
        if link["rel"] == "alternate" and link["type"] in _PAGES:
            fields["link"] = link["href"]
    return link


def looks_like_html(text: str) -> bool:
    """Tell whether a text that is said to be plain is taken for HTML; raises UncertainError."""
    if ("<" not in text and "&" not in text) or not _TAG_OR_ENTITY.search(text):
        return False
    if "<" in text:
        raise UncertainError
    return all(name in entitydefs for name in _NAMED.findall(text))
