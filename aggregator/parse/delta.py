"""What a document says that it did not say when it was last read.

An entry whose bytes stood in the last document says what it said then, if everything around it is as it was.
Such an entry is dropped, since it would change nothing. Some rules look at all entries of a document, though:

- an id or link that several entries share identifies none of them, titles may recur, and where two entries
  are one article the first one counts. So ids, links and titles of dropped entries are remembered, and where
  one of them occurs again, nothing is dropped.
- where nothing is left of what a source showed, it may be another one (``takeover``). That is looked at only
  where ``LEAST_REPLACED`` entries are new, and then nothing is dropped, either.
- what recurs before or after most texts is part of none (``recurring_lines``). So marks of the first and last
  sentences of dropped entries are remembered, and where more is learned from them, nothing is dropped.
- a date in the future may count later: such an entry is always read.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import feedparser

from aggregator.model import Article, DocumentProblem, ParsedFeed
from aggregator.parse.article import is_ahead
from aggregator.parse.documents.document import parse_document
from aggregator.parse.documents.feed import ParsedDocument
from aggregator.parse.documents.pieces import DIGEST_BYTES, UnchangedEntries
from aggregator.parse.documents.sitemap import NEWS_AGE
from aggregator.parse.entry_links import Claim
from aggregator.parse.identity.takeover import LEAST_REPLACED
from aggregator.parse.job import ParseJob
from aggregator.parse.normalisation import NormalisedFeed, normalise_feed
from aggregator.parse.texts.recurring_lines import ENDS, MARK_BYTES, Learned
from aggregator.text import title_key

_VERSION = b"\x04"
"""Raise it with every change of what entries become: what older rules read is then read again."""
_UNPARTED = b"\x03"
"""The version before, whose scope is one digest of shape and context: which of them changed is not known."""
_SHAPE_BYTES = 8
_SCOPE_BYTES = 16
_HEAD_BYTES = len(_VERSION) + _SCOPE_BYTES
"""The scope is a digest of how the document is made (its shape), and one of what else decides what becomes of
its entries. Then follow the number of marks of what recurs, those marks, and the entries."""
_MARKS = 4
_ENTRY = struct.Struct(f"{DIGEST_BYTES}s" + (_MARKS + ENDS) * f"{MARK_BYTES}s")
_NAMING = 2
"""The first marks are those of an entry's id and link, which tell which one it is."""
_UNMARKED = bytes(MARK_BYTES)

Marks = tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ParseResult:
    """What a document became; with all entries, or with only those that are new or changed.

    ``seen`` is what to remember for the next reading; empty where nothing could be left out then. ``listed``
    has the marks of the id and the link of every entry, left out or not; empty where they do not tell entries
    apart.
    """

    feed: ParsedFeed
    articles: tuple[Article, ...]
    problems: tuple[DocumentProblem, ...]
    seen: bytes
    listed: frozenset[bytes] = frozenset()

    @property
    def fault(self) -> str | None:
        """The first of the document's problems that may have cost entries; None where none did."""
        return next((one.text for one in self.problems if one.may_lose_entries), None)


@dataclass(frozen=True, slots=True)
class _Memory:
    """What is remembered of a document: how it was made, what recurs in its texts, and its entries."""

    scope: bytes
    learned: Learned
    entries: Mapping[bytes, Marks]


def read_news(job: ParseJob) -> ParseResult:
    """Return what a document says, without entries that are as they were when ``seen`` was returned.

    Raises ParseError.
    """
    last = _unpack(job.seen)
    parsed = parse_document(
        job.body, url=job.url, content_type=job.content_type, is_plain=job.is_plain,
        known=UnchangedEntries(digests=last.entries, at_most=LEAST_REPLACED - 1),
        news_since=job.now - NEWS_AGE if job.source.kind == "sitemap" else None,
    )  # fmt: skip
    dropped = [(digest, last.entries[digest]) for digest in parsed.dropped]
    made = normalise_feed(
        parsed.feed, source=job.source, now=job.now, lag=job.lag, learned=last.learned,
        other_ends=[marks[_MARKS:] for _, marks in dropped],
    )  # fmt: skip
    read = _mark_entries(made)
    said = [*(marks for _, marks in dropped), *read]
    is_clear, scope = _are_distinct(said), _digest_scope(parsed, job)
    if dropped and not (is_clear and scope == last.scope and made.learned == last.learned):
        return read_news(replace(job, seen=forget_entries(job.seen)))
    lasting = [*dropped, *_list_lasting(parsed.digests, read, made, job.now + job.lag)] if is_clear else []
    return ParseResult(
        feed=parsed.feed,
        articles=tuple(article for article in made.articles if article is not None),
        problems=(*parsed.feed.problems, *map(DocumentProblem, made.problems)),
        seen=_pack(_Memory(scope, made.learned, dict(_order_entries(lasting, parsed.order)))),
        listed=_name_entries(said if is_clear else ()),
    )


def _mark_entries(made: NormalisedFeed) -> list[Marks]:
    """Return the marks of each entry that was read: of what names it, and of how its texts begin and end."""
    each = zip(made.identified, made.articles, made.ends, strict=True)
    return [(*_mark_entry(one.claim, article), *ends) for one, article, ends in each]


def _list_lasting(
    digests: Iterable[bytes], read: Iterable[Marks], made: NormalisedFeed, now: datetime
) -> Iterator[tuple[bytes, Marks]]:
    """Yield the entries that need not be read again, as time does not change what they become."""
    each = zip(digests, read, made.identified, made.articles, strict=False)
    for digest, marks, one, article in each:
        if article is not None and not is_ahead(one.entry, now):
            yield digest, marks


def _name_entries(entries: Iterable[Marks]) -> frozenset[bytes]:
    """Return the marks of the ids and links of entries."""
    return frozenset(mark for marks in entries for mark in marks[:_NAMING] if mark != _UNMARKED)


def forget_entries(seen: bytes) -> bytes:
    """Return ``seen`` without its entries, so that all are read again; what was learned from them stays."""
    return _pack(replace(_unpack(seen), entries={}))


def is_made_alike(seen: bytes, other: bytes) -> bool:
    """Tell whether documents that were ``seen`` have the same around their entries, and entries at all.

    By which rules they were read makes no difference. Of what an earlier version saw it is not known, and
    counts as the same.
    """
    one, another = _unpack(seen), _unpack(other)
    is_alike = one.scope[:_SHAPE_BYTES] == another.scope[:_SHAPE_BYTES] or seen.startswith(_UNPARTED)
    return is_alike and bool(one.entries) and bool(another.entries)


def list_entries(seen: bytes) -> tuple[frozenset[bytes], ...]:
    """Return the entries that were ``seen``, in their order: of each the marks of its id and its link."""
    entries = _unpack(seen).entries.values()
    return tuple(frozenset(marks[:_NAMING]) - {_UNMARKED} for marks in entries)


def _order_entries(
    entries: Sequence[tuple[bytes, Marks]], order: Sequence[bytes]
) -> list[tuple[bytes, Marks]]:
    at = {digest: number for number, digest in enumerate(order)}
    return sorted(entries, key=lambda entry: at.get(entry[0], 0))


def _mark_entry(claim: Claim, article: Article | None) -> Marks:
    entry_id, url, stated = [mark_text(one) for one in (claim.entry_id, claim.url, claim.title)]
    title = title_key(article.title) if article else ""
    return entry_id, url, stated, stated if title == claim.title else mark_text(title)


def mark_text(said: str | None) -> bytes:
    """Return what is remembered of an id or a link; zeros where there is none."""
    if not said:
        return _UNMARKED
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=MARK_BYTES).digest()


def _are_distinct(entries: Sequence[Marks]) -> bool:
    """Tell whether no two entries say the same id, link or title."""
    said = ([marks[at] for marks in entries if marks[at] != _UNMARKED] for at in range(_MARKS))
    return all(len(marks) == len(set(marks)) for marks in said)


def _digest_scope(parsed: ParsedDocument, job: ParseJob) -> bytes:
    source = job.source
    shape = repr((parsed.scope, source.id, source.url, source.language, feedparser.__version__))
    return _digest(shape, _SHAPE_BYTES) + _digest(job.context, _SCOPE_BYTES - _SHAPE_BYTES)


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()


def _pack(memory: _Memory) -> bytes:
    packed = b"".join(digest + b"".join(marks) for digest, marks in memory.entries.items())
    if not packed and not memory.learned:
        return b""
    learned = bytes((len(memory.learned),)), *sorted(memory.learned)
    return b"".join((_VERSION, memory.scope, *learned, packed))


def _unpack(seen: bytes) -> _Memory:
    start = _find_entries(seen)
    if not seen.startswith((_VERSION, _UNPARTED)) or len(seen) < start or (len(seen) - start) % _ENTRY.size:
        return _Memory(b"", frozenset(), {})
    marks = range(_HEAD_BYTES + 1, start, MARK_BYTES)
    learned = frozenset(seen[at : at + MARK_BYTES] for at in marks)
    entries = _ENTRY.iter_unpack(memoryview(seen)[start:])
    return _Memory(seen[len(_VERSION) : _HEAD_BYTES], learned, {entry[0]: entry[1:] for entry in entries})


def _find_entries(seen: bytes) -> int:
    return _HEAD_BYTES + 1 + MARK_BYTES * int.from_bytes(seen[_HEAD_BYTES : _HEAD_BYTES + 1])
