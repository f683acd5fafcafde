"""A document read in pieces: known entries not at all, plain ones without feedparser, the others with it."""

import hashlib
from collections.abc import Sequence
from itertools import chain
from typing import Any

from aggregator.parse.documents.feedparser_adapter import FeedparserError, has_base, run_feedparser
from aggregator.parse.documents.nested_elements import separate_nested
from aggregator.parse.documents.pieces import DIGEST_BYTES, NONE_UNCHANGED, Pieces, UnchangedEntries
from aggregator.parse.documents.repair import Repaired
from aggregator.parse.entry import Raw
from aggregator.parse.fast.entry_spans import CutDocument, cut_document
from aggregator.parse.fast.quick_entries import cut_and_read, read_quickly

_PROBE = "probe"
"""What the probes say: entries put between others, to see how feedparser reads entries there."""


def read_pieces(repaired: Repaired, known: UnchangedEntries = NONE_UNCHANGED) -> Pieces | None:
    """Return what is in a document but the entries that are ``known``.

    None where reading it whole could give anything else.
    """
    found = None if has_base(repaired.text) else _cut_text(repaired.text, known)
    if found is not None and found[0].has_nested:
        found = _cut_text(separate_nested(repaired.text), known)
    if found is None:
        return None
    cut, quick = found
    digests = [hashlib.blake2b(span, digest_size=DIGEST_BYTES).digest() for span in cut.spans]
    dropped = known.select_from(digests)
    fresh = [(span, digest) for span, digest in zip(cut.spans, digests, strict=True) if digest not in dropped]
    spans = [span for span, _ in fresh]
    said = _read_spans(cut, spans, quick if quick is not None else read_quickly(cut, spans))
    if said is None:
        return None
    feed, entries = said
    return Pieces(
        feed=feed,
        entries=entries,
        digests=tuple(digest for _, digest in fresh),
        dropped=tuple(digest for digest in digests if digest in dropped),
        order=tuple(digests),
        scope=cut.scope,
    )


def _cut_text(text: str, known: UnchangedEntries) -> tuple[CutDocument, Sequence[Raw | None] | None] | None:
    """Return a document cut, with its entries where none is known; None where the cut is not certain."""
    document = text.encode("utf-8", "replace")
    if not known.digests:
        return cut_and_read(document)
    cut = cut_document(document)
    return (cut, None) if cut else None


def _read_spans(
    cut: CutDocument, spans: Sequence[bytes], quick: Sequence[Raw | None]
) -> tuple[Raw, tuple[Raw, ...]] | None:
    """Return the feed and these of its entries, with feedparser where ``quick`` has none."""
    left = [span for span, read in zip(spans, quick, strict=True) if read is None]
    around = _read_around(cut, left)
    if around is None:
        return None
    slow = iter(around["entries"])
    return around["feed"], tuple(next(slow) if read is None else read for read in quick)


def _read_around(cut: CutDocument, spans: Sequence[bytes]) -> dict[str, Any] | None:
    """Read a document with only these of its entries; None where one of them changes how others are read.

    A probe stands before them and after each: where an entry changes how feedparser reads what follows, the
    probes come out different.
    """
    probe = _write_probe(cut)
    parts = chain.from_iterable((span, probe) for span in spans)
    try:
        found = run_feedparser(b"".join((cut.head, probe, *parts, cut.tail)).decode(), "")
    except FeedparserError:
        return None
    probes, found["entries"] = found["entries"][::2], found["entries"][1::2]
    if found["bozo"] or len(probes) != len(spans) + 1 or len(found["entries"]) != len(spans):
        return None
    is_itself = found["version"].startswith("atom") == cut.is_atom and _is_probe(probes[0], cut)
    return found if is_itself and all(probe == probes[0] for probe in probes) else None


def _write_probe(cut: CutDocument) -> bytes:
    prefix, colon, _ = cut.name.rpartition(":")
    said = "".join(
        f"<{prefix}{colon}{name}>{_PROBE}</{prefix}{colon}{name}>"
        for name in ("title", "guid", "description", "description", "author", "subtitle")
    )
    return f"<{cut.name}>{said}</{cut.name}>".encode()


def _is_probe(entry: Raw, cut: CutDocument) -> bool:
    detail = {"language": cut.language, "base": "", "value": _PROBE}
    return (
        entry.get("title_detail") == {**detail, "type": "text/plain"}
        and entry.get("summary_detail") == {**detail, "type": "text/html"}
        and entry.get("content") == [{**detail, "type": "text/plain"}]
        and entry.get("subtitle_detail") == {**detail, "type": "text/plain"}
        and entry.get("authors") == [{"name": _PROBE}]
        and entry.get("id") == entry.get("link") == _PROBE
    )
