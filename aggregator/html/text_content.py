"""The text of HTML, and of what only may be."""

import html as entities
import re
from collections.abc import Iterator

from aggregator.html.markup import markup_in, separator_for
from aggregator.text import clean_text

# What was encoded twice may be markup, or text about it; these tags are hardly ever written about.
_ENCODED_TAG = re.compile(
    r"</?(?P<name>a|abbr|b|big|blockquote|br|center|cite|code|del|div|em|figure|font|h[1-6]|hr|i|img|ins|li|ol"
    r"|p|pre|q|s|small|span|strike|strong|sub|sup|table|tbody|td|tr|tt|u|ul|script|style|iframe|object|embed"
    r"|svg)(?:[\s/][^<>]*+)?>",
    re.IGNORECASE,
)
ENTITY = re.compile(
    r"&(?:#[0-9]{1,7}(?![0-9])|#[xX][0-9a-fA-F]{1,6}(?![0-9a-fA-F])|[A-Za-z][A-Za-z0-9]{1,31});"
)
LEGACY_ENTITY = re.compile(ENTITY.pattern.removesuffix(";") + ";?")
_ROUNDS = 3
MAX_LINES_CHARS = 3_000
"""How much of a text is read line by line; no caller uses more."""
_UNSEEN = "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\u2800\u3164\ufeff\uffa0\u00ad"
_UNSEEN_ONE = re.compile(f"[{_UNSEEN}]")
_FILLING = re.compile(rf"(?<!\s)\s*+[{_UNSEEN}][\s{_UNSEEN}]+")
_EDGES = "\u034f\u115f\u1160\u200c\u200d\u2800\u3164\uffa0 "
_JOINER = re.compile("[\u200c\u200d]")
_PARAGRAPH = re.compile(r"<p>([^<>&]*+)</p>\s*+")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
LINK_START, LINK_END, _LINE_END = "\uf8f0\uf8f1\uf8f2"
_MARKS = f"{_EDGES}{LINK_START}{LINK_END}"
"""Characters for private use, which mean nothing to readers, as marks of our own in the text."""


def plain_text(html: str) -> str:
    """Return the text of ``html`` on one line: no tags or scripts, entities decoded, also doubly encoded.

    Where markup was encoded twice, its tags are removed and the text between them stays.
    """
    text = markup_in(html).sub(_space_for_tag, html) if "<" in html or "]]>" in html else html
    return clean_text(_decode_fully(text) if "&" in text or "<" in text else text)


def _decode_fully(text: str) -> str:
    text = LEGACY_ENTITY.sub(decode_entity, text)
    for _ in range(_ROUNDS):
        once_more = _ENCODED_TAG.sub(lambda found: separator_for(found["name"]), text)
        once_more = ENTITY.sub(decode_entity, once_more)
        if once_more == text:
            break
        text = once_more
    return text


def text_lines(html: str) -> list[str]:
    """Return the text of ``html``, as ``plain_text`` does, a line for each block, none of them empty.

    No more lines than it takes for ``MAX_LINES_CHARS``.
    Links stand between ``LINK_START`` and ``LINK_END``. Text without tags keeps its own lines.
    """
    if paragraph := _PARAGRAPH.fullmatch(html):  # quick to see, and often so
        is_markup, text = True, paragraph[1]
    else:
        is_markup = "<" in html or "]]>" in html
        text = markup_in(html).sub(_line_end_for_tag, html) if is_markup else html
    if "&" in text or "<" in text:
        text = _decode_fully(text)
    if "\n" in text:
        text = _BLANK_LINE.sub(_LINE_END, text) if is_markup else text.replace("\n", _LINE_END)
    is_ascii = html.isascii() and "&" not in html  # but for the marks of ours
    if not is_ascii and _UNSEEN_ONE.search(text):
        text = _FILLING.sub(_space_for_filling, text)
    return list(_clean_lines(text))


def _clean_lines(text: str) -> Iterator[str]:
    length = 0
    for one in text.split(_LINE_END):
        line = clean_text(one).strip(_EDGES)
        if line.strip(_MARKS):
            yield line
            length += len(line)
            if length > MAX_LINES_CHARS:
                return


def strip_link_marks(line: str) -> str:
    """Return a line of ``text_lines`` without the marks of where links start and end."""
    if LINK_START not in line and LINK_END not in line:
        return line
    return line.replace(LINK_START, "").replace(LINK_END, "")


def _space_for_filling(found: re.Match[str]) -> str:
    """Return a space for unseen characters; a joiner alone between letters or signs means something."""
    filling = found[0]
    joiner = _JOINER.search(filling)
    if joiner is None:
        return " " if any(map(str.isspace, filling)) else ""
    is_alone = len(filling.replace(joiner[0], "", 1).strip()) == 0
    if any(map(str.isspace, filling)):
        return filling if is_alone else " "
    return joiner[0]


def _line_end_for_tag(found: re.Match[str]) -> str:
    name = found["name"]
    if name in ("a", "A"):
        return LINK_END if found[0][1] == "/" else LINK_START
    return _LINE_END if (separator_for(name) if name else found["unread"]) else ""


def _space_for_tag(found: re.Match[str]) -> str:
    return " " if found["unread"] else separator_for(found["name"] or "")


def decode_entity(found: re.Match[str]) -> str:
    """Return the character that a reference found in a text stands for; none for half a character."""
    decoded = entities.unescape(found[0])
    return "" if decoded == "\ufffd" else decoded


def decode_text(text: str) -> str:
    """Return text that is not HTML on one line, entities decoded, doubly encoded ones too; ``<`` stays."""
    for _ in range(_ROUNDS):
        decoded = ENTITY.sub(decode_entity, text) if "&" in text else text
        if decoded == text:
            break
        text = decoded
    return clean_text(text)
