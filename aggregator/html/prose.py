"""The text of HTML, and of what only may be."""

import html as entities
import re

from aggregator.html.markup import MARKUP, separation
from aggregator.text import clean_text

# What was encoded twice may be markup, or text about it; these tags are hardly ever written about.
_ENCODED_TAG = re.compile(
    r"</?(?P<name>a|abbr|b|big|blockquote|br|center|cite|code|del|div|em|figure|font|h[1-6]|hr|i|img|ins|li|ol"
    r"|p|pre|q|s|small|span|strike|strong|sub|sup|table|tbody|td|tr|tt|u|ul|script|style|iframe|object|embed"
    r"|svg)(?:[\s/][^<>]*+)?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7}(?![0-9])|#[xX][0-9a-fA-F]{1,6}(?![0-9a-fA-F])|[A-Za-z][A-Za-z0-9]{1,31});"
)
_LEGACY_ENTITY = re.compile(_ENTITY.pattern.removesuffix(";") + ";?")
_ROUNDS = 3


def plain_text(html: str) -> str:
    """Return the text of ``html`` on one line: no tags or scripts, entities decoded, also doubly encoded.

    Of markup that was encoded twice only the tags are gone.
    """
    text = MARKUP.sub(_parted, html) if "<" in html or "]]>" in html else html
    if "&" in text:
        text = _LEGACY_ENTITY.sub(_decoded, text)
    for _ in range(_ROUNDS if "&" in text or "<" in text else 0):
        once_more = _ENCODED_TAG.sub(lambda found: separation(found["name"]), text)
        once_more = _ENTITY.sub(_decoded, once_more)
        if once_more == text:
            break
        text = once_more
    return clean_text(text)


def _parted(found: re.Match[str]) -> str:
    return " " if found["unread"] else separation(found["name"] or "")


def _decoded(found: re.Match[str]) -> str:
    return entities.unescape(found[0])


def decode_text(text: str) -> str:
    """Return text that is not HTML on one line, entities decoded, doubly encoded ones too; ``<`` stays."""
    for _ in range(_ROUNDS):
        decoded = _ENTITY.sub(_decoded, text)
        if decoded == text:
            break
        text = decoded
    return clean_text(text)
