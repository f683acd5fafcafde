"""JSON that is nearly well-formed, as templates and broken connections leave it: read as far as it goes.

Commas before a closing bracket go, backslashes that escape nothing stand for themselves, and of a feed that
still cannot be read the whole items are kept (RFC 8259 sections 5 to 7 say what is well-formed).
"""

import json
import re
from collections.abc import Iterator

from aggregator.model import DocumentProblem
from aggregator.parse.documents.faults import describe_malformed

_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*+[}\]])', re.DOTALL)
_ESCAPE = re.compile(r"""\\(["\\/bfnrt]|u[0-9A-Fa-f]{4})?(')?""")
_ITEMS = re.compile(r'"items"\s*+:\s*+\[')
_BETWEEN = re.compile(r"[\s,]*+")
_NEXT_ITEM = re.compile(r"\}\s*+,\s*+(?=\{)")
_MOST_BROKEN = 20
"""Items that are left out before the rest is: each may have to be read to the document's end."""

_DECODER = json.JSONDecoder(strict=False)


_WRAPPING = re.compile(
    r"(?:\)\]\}'[,;]?\s*|(?://[^\n]*\n\s*){1,9}|<pre[^<>]*>\s*|(?:/\*\*/\s*)?[A-Za-z_$][\w$.]{0,60}\s*\(\s*)(?=\{)"
)


def strip_json_wrapping(text: str) -> str:
    """Return a document from its JSON on, where that is called by a script, guarded or commented on."""
    found = _WRAPPING.match(text)
    if found is None:
        return text
    end = text.rfind("}")
    return text[found.end() : end + 1 if end > 0 else len(text)]


def read_json(text: str) -> tuple[object, list[DocumentProblem]]:
    """Return what a JSON document holds, and what had to be mended.

    Raises ValueError where neither the document nor an item of its feed can be read, RecursionError where
    it is nested too deeply.
    """
    try:
        return _DECODER.decode(text), []
    except ValueError as error:
        mended = _STRING_OR_COMMA.sub(_mend, text)
        try:
            return _DECODER.decode(mended), [describe_malformed("JSON", error)]
        except ValueError:
            return _read_items(mended, error)


def _mend(found: re.Match[str]) -> str:
    return _ESCAPE.sub(_mend_escape, found[0]) if found[0] != "," else ""


def _mend_escape(found: re.Match[str]) -> str:
    if found[1]:
        return found[0]
    return found[2] or r"\\"


def _read_items(text: str, error: ValueError) -> tuple[object, list[DocumentProblem]]:
    """Return a feed with those of its items that are whole."""
    start = _ITEMS.search(text)
    if start is None:
        raise error
    feed = _DECODER.decode(f"{text[: start.end()]}]}}")
    items = list(_decode_items(text, start.end()))
    if not items:
        raise error
    return {**feed, "items": items}, [
        describe_malformed("JSON", error),
        DocumentProblem("only whole entries were read"),
    ]


def _decode_items(text: str, at: int) -> Iterator[object]:
    """Yield the whole items of a list that begins at ``at``, up to its end or the document's."""
    broken = 0
    while not text.startswith("]", at := _skip_between(text, at)):
        item, end = _decode_value(text, at)
        if end and (not broken or (isinstance(item, dict) and "id" in item)):  # else a part of a broken one
            yield item
            at = end
            continue
        broken += 1
        following = _NEXT_ITEM.search(text, at) if broken <= _MOST_BROKEN else None
        if following is None:
            return
        at = following.end()


def _skip_between(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _decode_value(text: str, at: int) -> tuple[object, int]:
    """Return the value that begins at ``at`` and where it ends, 0 where it is broken."""
    try:
        return _DECODER.raw_decode(text, at)
    except ValueError:
        return None, 0
