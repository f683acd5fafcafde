"""Markup told apart from text, in linear time.

Parsers that build a tree take quadratic time on deep nesting, on thousands of attributes and on
formatting that is never closed: a feed of some hundred kilobytes can hold up a poll for minutes. So
markup first passes this tokeniser. Text then needs no tree at all, and a tree is only built of the few
tags that are looked for.
"""

import re
from collections.abc import Collection, Iterator
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_FOUND = 200
"""Pictures, players and links of a document that are looked at."""
_MAX_SEPARATORS = 500
"""Blanks, slashes and quotes between the attributes of a tag; honest tags have fewer."""

# No quantifier here gives back what it took, and what is never closed reaches to the end.
_ATTRIBUTES = r"""(?>[^>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|["'=])*+"""
_UNREAD = "script|style|template|noscript|iframe|svg|math|title|textarea|select|audio|video|canvas"
MARKUP = re.compile(
    rf"""
      <!--.*?(?:-->|\Z)
    | (?P<opening><(?P<unread>{_UNREAD})(?=[\s/>]){_ATTRIBUTES}(?<!/)>)
        .*?(?:</(?P=unread)(?=[\s/>])[^>]*+>|\Z)
    | <!\[CDATA\[ | \]\]>
    | </?(?P<name>[a-z][^\s/<>]*+){_ATTRIBUTES}(?:>|\Z)
    | <[!?/][^>]*+(?:>|\Z)
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""A piece of markup: ``unread`` an element whose content is no text, ``name`` of any other tag."""

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div",
    "dl", "dt", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul",
})  # fmt: skip
_INLINE_FILE = re.compile(r"""=\s*+(?:"\s*+data:[^"]*+"|'\s*+data:[^']*+'|data:[^\s>"']*+)""", re.IGNORECASE)
_SEPARATOR = re.compile(r"""[\s/"']+""")


def separation(name: str) -> str:
    """Return what stands in a text where a tag of this name was: a blank if it parts words."""
    return " " if name.lower() in _BLOCKS else ""


def bounded_tag(tag: str) -> str:
    """Return a tag without inline files; "" where it has more attributes than any honest one."""
    tag = _INLINE_FILE.sub('=""', tag)
    return tag if len(_SEPARATOR.findall(tag)) <= _MAX_SEPARATORS else ""


def find_elements(html: str, names: Collection[str], *, until: str = "") -> list[LexborNode]:
    """Return the first ``MAX_FOUND`` elements with these names, in order, each without its content.

    Nothing is found in comments and scripts, nor after the first tag named ``until``.
    """
    lower = html.lower()
    if not any(f"<{name}" in lower for name in names):
        return []
    tags = (tag for name, tag in _opening_tags(html, until) if name in names)
    return LexborHTMLParser("".join(map(bounded_tag, islice(tags, MAX_FOUND)))).css(",".join(names))


def _opening_tags(html: str, until: str) -> Iterator[tuple[str, str]]:
    for found in MARKUP.finditer(html):
        name = (found["name"] or found["unread"] or "").lower()
        if name == until and until:
            return
        if found["opening"]:
            yield name, f"{found['opening']}</{name}>"
        elif name and not found[0].startswith("</"):
            yield name, found[0]
