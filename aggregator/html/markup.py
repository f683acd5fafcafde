"""Markup separated from text, in linear time.

Parsers that build a tree take quadratic time on deep nesting, on thousands of attributes and on
formatting that is never closed: a feed of some hundred kilobytes can hold up a poll for minutes. So
markup first passes this tokeniser. Text then needs no tree at all, and a tree is only built of the few
tags that are looked for.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

MAX_FOUND = 200
"""Pictures, players and links of a document that are looked at."""
_MAX_SEPARATORS = 500
"""Spaces, slashes and quotes between the attributes of a tag; honest tags have fewer."""

# No quantifier here gives back what it took, and what is never closed reaches to the end.
_ATTRIBUTES = r"""(?>[^>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|["'=])*+"""
_UNREAD = "script|style|template|noscript|iframe|svg|math|title|textarea|select|audio|video|canvas"
_UNREAD_FIRST = "".join(sorted({name[0] for name in _UNREAD.split("|")}))
_TAG = rf"""
      <!--.*?(?:-->|\Z)
    | <(?=[{_UNREAD_FIRST}])(?P<opening>(?P<unread>{_UNREAD})(?=[\s/>]){_ATTRIBUTES}(?<!/)>)
        .*?(?:</(?P=unread)(?=[\s/>])[^>]*+>|\Z)
    | <!\[CDATA\[
    | </?(?P<name>[a-z][^\s/<>]*+)(?:>|{_ATTRIBUTES}(?:>|\Z))
    | <[!?/][^>]*+(?:>|\Z)
    """
_FLAGS = re.IGNORECASE | re.DOTALL | re.VERBOSE
TAG = re.compile(_TAG, _FLAGS)
"""A piece of markup: ``unread`` an element whose content is no text, ``name`` of any other tag.

All alternatives begin with the same character: only then are texts searched for it alone.
"""
MARKUP = re.compile(rf"{_TAG} | \]\]>", _FLAGS)
"""As ``TAG``, and what ends a section of text that is as it stands."""
_SECTION_END = "]]>"

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div",
    "dl", "dt", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul",
})  # fmt: skip
_INLINE_FILE = re.compile(r"""=\s*+(?:"\s*+data:[^"]*+"|'\s*+data:[^']*+'|data:[^\s>"']*+)""", re.IGNORECASE)
# Where nothing is escaped, nothing is loose and no name is in capitals, every parser reads the same.
_PLAIN = r"""[ \t\n\f\r]([a-z][a-z0-9_:-]*+)="([^"&<>\x00-\x1f\x7f-\x9f\ud800-\udfff]*+)\""""
_PLAIN_ATTRIBUTE = re.compile(_PLAIN)
_PLAIN_TAG = re.compile(rf"<[a-z]++(?:{_PLAIN})*+[ \t\n\f\r]?/?>")
_SEPARATOR = re.compile(r"""[\s/"']+""")


def markup_in(html: str) -> re.Pattern[str]:
    """Return the pattern of all markup in ``html``: the quicker one, where that is enough."""
    return MARKUP if _SECTION_END in html else TAG


def separator_for(name: str) -> str:
    """Return what stands in a text where a tag of this name was: a space if it parts words."""
    return " " if name.lower() in _BLOCKS else ""


def shorten_tag(tag: str) -> str:
    """Return a tag without inline files; "" where it has more attributes than any honest one."""
    if "data:" in tag.lower():
        tag = _INLINE_FILE.sub('=""', tag)
    is_short = len(tag) <= _MAX_SEPARATORS
    return tag if is_short or len(_SEPARATOR.findall(tag)) <= _MAX_SEPARATORS else ""


class Element(NamedTuple):
    """An element without its content: ``tag`` is its name, None the value of an attribute without one."""

    tag: str
    attributes: Mapping[str, str | None]


def find_elements(html: str, names: Collection[str], *, until: str = "") -> list[Element]:
    """Return the first ``MAX_FOUND`` elements with these names, in order, each without its content.

    Nothing is found in comments and scripts, nor after the first tag named ``until``.
    """
    return list(iter_elements(html, names, until=until))


def iter_elements(html: str, names: Collection[str], *, until: str = "") -> Iterator[Element]:
    """Yield what ``find_elements`` returns, without reading further than is asked for."""
    if "<" not in html:
        return
    lower = html.lower()
    for name in names:
        if f"<{name}" in lower:
            break
    else:
        return
    tags: list[str] = []
    wanted = islice(_find_opening_tags(html, names, until), MAX_FOUND)
    for name, opening in wanted:
        tag = shorten_tag(opening)
        tags.append(tag)
        if not _PLAIN_TAG.fullmatch(tag):
            break
        yield Element(name, dict(reversed(_PLAIN_ATTRIBUTE.findall(tag))))
    else:
        return
    nodes = LexborHTMLParser("".join((*tags, *(shorten_tag(tag) for _, tag in wanted)))).css(",".join(names))
    yield from (Element(node.tag or "", node.attributes) for node in nodes[len(tags) - 1 :])


def _find_opening_tags(html: str, names: Collection[str], until: str) -> Iterator[tuple[str, str]]:
    for found in TAG.finditer(html):
        name = found["name"] or found["unread"]
        name = name.lower() if name else ""
        if name not in names:
            if name == until and until:
                return
            continue
        if found["opening"]:
            yield name, f"<{found['opening']}</{name}>"
        elif not found[0].startswith("</"):
            yield name, found[0]
