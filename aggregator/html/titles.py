"""Tags in titles: those that mark words up, and those that a title is about.

Feeds escape titles once, twice or not at all, so ``<b>`` in one may be meant either way. Markup are known
tags in pairs, tags with attributes, and one left over right before or after a word. ``<dialog>``,
``List<String>`` and ``<b>`` between spaces are text.
"""

import html as entities
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from aggregator.html.markup import separator_for
from aggregator.html.text_content import ENTITY, LEGACY_ENTITY, decode_entity
from aggregator.text import clean_text

_ROUNDS = 4
_NAMES = frozenset({
    "a", "abbr", "acronym", "article", "b", "bdi", "bdo", "big", "blockquote", "br", "center", "cite",
    "code", "del", "dfn", "div", "em", "figure", "font", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "i", "img", "ins", "kbd", "li", "mark", "nobr", "ol", "p", "pre", "q", "s", "samp", "section",
    "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "th", "time", "tr", "tt",
    "u", "ul", "var", "wbr",
})  # fmt: skip
_UNREAD = frozenset({"script", "style", "template", "noscript", "iframe", "svg"})
_EMPTY = frozenset({"br", "hr", "img", "wbr"})

_TAG = re.compile(
    r"""<(?P<close>/)?(?P<name>[a-z][a-z0-9:-]{0,20})(?P<rest>(?:[^<>"'=]|=\s*"[^"<]*"|=\s*'[^'<]*'|["'=])*+)>""",
    re.IGNORECASE,
)
_VALUE = r"""\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+)"""
_ATTRIBUTES = re.compile(rf"(?:\s+[\w:@.-]+(?:{_VALUE})?)*+\s*/?")
_VALUES = re.compile(rf"(?:\s+[\w:@.-]+{_VALUE})*+\s*/?")
_CUT_TAG = re.compile(r"<(?:a|img|span|font|div|p)\s+[a-z-]{1,20}=[^<>]*$", re.IGNORECASE)
_ABOUT_TAGS = re.compile(
    r"\b(?:tags?|elements?|html5?|x?html|xml|css|jsx|markup|attributes?)\b", re.IGNORECASE
)
_BETWEEN_TAGS = frozenset(
    {"and", "or", "vs", "vs.", "versus", "to", "und", "oder", "et", "ou", "y", "o", "&"}
)
_COMMENT = re.compile(r"<!--.*?-->|<!\[CDATA\[|\]\]>", re.DOTALL)

_Match = re.Match[str]


def is_marked_up(title: str) -> bool:
    """Tell whether a title that may be plain holds markup all the same, perhaps escaped once more."""
    if "<" in title and any(True for _ in _find_markup(title)):
        return True
    return "&" in title and any(True for _ in _find_markup(entities.unescape(title)))


def title_text(html: str) -> str:
    """Return the text of a title in HTML on one line, entities decoded, also those encoded twice."""
    text, entity = html, LEGACY_ENTITY
    for _ in range(_ROUNDS):
        stripped = _drop_markup(_COMMENT.sub("", text)) if "<" in text or "]]>" in text else text
        decoded = entity.sub(decode_entity, stripped) if "&" in stripped else stripped
        if decoded == text:
            break
        text, entity = decoded, ENTITY
    return clean_text(text)


def _drop_markup(text: str) -> str:
    parts, end = [], 0
    for start, stop, name in sorted(_find_markup(text)):
        if start >= end:
            parts += [text[end:start], separator_for(name)]
            end = stop
    return "".join((*parts, text[end:]))


def _find_markup(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where markup starts and ends, and the name of its tag; not in order."""
    opened: dict[str, list[_Match]] = defaultdict(list)
    loose: list[_Match] = []
    for found in _TAG.finditer(text):
        name = found["name"].lower()
        if not _is_tag(found, name):
            continue
        if not found["close"]:
            opened[name].append(found)
        elif opened[name]:
            yield from _pair(opened[name].pop(), found, name)
        else:
            loose.append(found)
    for alone in (*loose, *chain.from_iterable(opened.values())):
        if _is_left_over(alone):
            yield alone.start(), alone.end(), alone["name"].lower()
    if cut := _CUT_TAG.search(text):
        yield cut.start(), cut.end(), ""


def _is_tag(found: _Match, name: str) -> bool:
    rest = found["rest"]
    if not rest.strip(" /\t\n"):
        return True
    is_certain = '="' in rest or "='" in rest
    attributes = _ATTRIBUTES if is_certain else _VALUES
    is_known = is_certain or name in _NAMES or name in _UNREAD
    return is_known and not found["close"] and attributes.fullmatch(rest) is not None


def _pair(opening: _Match, closing: _Match, name: str) -> Iterator[tuple[int, int, str]]:
    if name in _UNREAD:
        yield opening.start(), closing.end(), name
    elif ":" in name or (name in _NAMES and not _are_apart(opening, closing)):
        yield opening.start(), opening.end(), name
        yield closing.start(), closing.end(), name


def _are_apart(opening: _Match, closing: _Match) -> bool:
    """Tell whether two tags stand as words in a title about them."""
    text, inner = opening.string, opening.string[opening.end() : closing.start()]
    around = text[: opening.start()][-1:] + text[closing.end() : closing.end() + 1] + inner[:1] + inner[-1:]
    if not inner or not around.isspace() or opening["rest"].strip():
        return False
    return inner.strip().casefold() in _BETWEEN_TAGS or _ABOUT_TAGS.search(text) is not None


def _is_left_over(tag: _Match) -> bool:
    """Tell whether a tag without its partner is markup all the same."""
    name, text = tag["name"].lower(), tag.string
    if name not in _NAMES:
        return False
    if "=" in tag["rest"]:
        return True
    before, after = text[tag.start() - 1 : tag.start()], text[tag.end() : tag.end() + 1]
    if name in _EMPTY:
        return bool((before.strip() or after.strip()) and (before or after)) or not _ABOUT_TAGS.search(text)
    if tag["close"]:
        return bool(before.strip()) and before not in "([\"'“‘`"
    return after.isalnum() and not before.isalnum()
