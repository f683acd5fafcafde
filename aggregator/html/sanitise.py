"""HTML made safe to show: the last gate of what is published."""

import re
from html import unescape
from itertools import islice

import nh3

from aggregator.html.markup import MARKUP, separator_for, shorten_tag
from aggregator.text import drop_illegal

MAX_TAGS = 2_000
MAX_CHARS = 100_000
"""What follows after so many tags or characters is left out."""

_ALLOWED_TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "figcaption", "figure", "h3", "h4", "i", "img", "li", "ol",
    "p", "pre", "strong", "sub", "sup", "ul",
}  # fmt: skip
_ALLOWED_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "li": {"dir"},
    "p": {"dir"},
    "ul": {"dir"},
}
_CLEANER = nh3.Cleaner(
    tags=_ALLOWED_TAGS,
    attributes=_ALLOWED_ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel=None,
)


def sanitise_html(html: str) -> str:
    """Return ``html`` with nothing but plain formatting, links and pictures over http(s) and mailto.

    HTML that has nothing else is returned as it is written. Otherwise relative addresses are left out, and
    all that follows ``MAX_TAGS`` tags or ``MAX_CHARS`` characters.
    """
    html = drop_illegal(html)
    if len(html) <= MAX_CHARS and html.count("<") <= MAX_TAGS:
        cleaned = _CLEANER.clean(html)
        if cleaned == html or unescape(cleaned) == unescape(html):
            return html
    return _CLEANER.clean(_simplify(html[:MAX_CHARS]))


def _simplify(html: str) -> str:
    """Take out what is not allowed without building a tree, which takes long for hostile markup."""
    pieces, end = [], 0
    for found in islice(MARKUP.finditer(html), MAX_TAGS):
        pieces += [html[end : found.start()], _simplify_tag(found)]
        end = found.end()
    if len(pieces) < 2 * MAX_TAGS:
        pieces.append(html[end:])
    return "".join(pieces)


def _simplify_tag(found: re.Match[str]) -> str:
    name = (found["name"] or "").lower()
    if name not in _ALLOWED_TAGS:
        return separator_for(name)
    if found[0].startswith("</"):
        return f"</{name}>"
    return shorten_tag(found[0]) if name in _ALLOWED_ATTRIBUTES else f"<{name}>"
