"""What a document says was deleted: ``at:deleted-entry`` (RFC 6721), and ``_deleted`` of JSON Feeds."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import islice

from aggregator.parse.entry import bound_id

MAX_DELETED = 1_000
"""More tombstones of one document are not read."""
_NAMESPACE = "http://purl.org/atompub/tombstones/1.0"
_NO_MARKUP = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_ENTRY_START = re.compile(r"<(?:[A-Za-z][\w.-]*+:)?+(?:item|entry)(?=[\s>])", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[A-Za-z][\w.-]*+:)?+(?:item|entry)\s*>", re.IGNORECASE)
_TOMBSTONE = re.compile(r"""<(?:[A-Za-z][\w.-]*+:)?+deleted-entry\s(?:[^<>"']|"[^"]*"|'[^']*')*+>""")
_REF = re.compile(r"""\sref\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def read_deleted(text: str) -> tuple[str, ...]:
    """Return the ids of the entries that the text of an Atom document says were deleted."""
    if "deleted-entry" not in text or _NAMESPACE not in text:
        return ()
    tombstones = (
        one[0] for part in _find_outside(_NO_MARKUP.sub("", text)) for one in _TOMBSTONE.finditer(part)
    )
    refs = (_REF.search(one) for one in islice(tombstones, MAX_DELETED))
    ids = (bound_id(unescape(ref[1] or ref[2] or "").strip() or None) for ref in refs if ref)
    return tuple(dict.fromkeys(id_ for id_ in ids if id_))


def read_json_deleted(deleted: object) -> tuple[str, ...]:
    """Return the ids of what the ``_deleted`` of a JSON Feed lists under ``items``, where it is in order."""
    items = deleted.get("items") if isinstance(deleted, Mapping) else None
    if not isinstance(items, list):
        return ()
    ids = (item.get("id") for item in items[:MAX_DELETED] if isinstance(item, Mapping))
    bound = (bound_id(id_.strip() or None) for id_ in ids if isinstance(id_, str))
    return tuple(dict.fromkeys(id_ for id_ in bound if id_))


def _find_outside(text: str) -> Iterator[str]:
    """Yield what stands outside of entries: what one quotes deletes nothing."""
    at = 0
    while start := _ENTRY_START.search(text, at):
        yield text[at : start.start()]
        end = _ENTRY_END.search(text, start.end())
        if end is None:
            return
        at = end.end()
    yield text[at:]
