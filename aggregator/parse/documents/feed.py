"""RSS and Atom documents of all versions, read by feedparser; or by a shortcut where that gives the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any, Literal, NamedTuple
from xml.sax import SAXParseException

from aggregator.errors import ParseError, describe_error
from aggregator.html import plain_text
from aggregator.model import DocumentProblem, Entry, ParsedFeed
from aggregator.parse.addresses import repair_address
from aggregator.parse.documents.deleted_entries import read_deleted
from aggregator.parse.documents.faults import describe_malformed
from aggregator.parse.documents.feedparser_adapter import FeedparserError, run_feedparser
from aggregator.parse.documents.hubs import find_linked
from aggregator.parse.documents.messages import LOOK
from aggregator.parse.documents.nested_elements import separate_nested
from aggregator.parse.documents.pieces import NONE_UNCHANGED, Pieces, UnchangedEntries
from aggregator.parse.documents.poll_hints import read_asks
from aggregator.parse.documents.repair import (
    Repaired,
    find_head,
    split_entries,
    strip_head,
    write_closing_tags,
)
from aggregator.parse.entry import Raw, count_entries, find_authors, find_page_link, has_date_text, read_entry
from aggregator.parse.people.names import clean_language

try:  # the only door to the shortcut beside feedparser
    from aggregator.parse.fast import read_pieces
except ImportError as error:
    if error.name != "aggregator.parse.fast":
        raise

    def read_pieces(repaired: Repaired, known: UnchangedEntries = NONE_UNCHANGED) -> Pieces | None:
        """Return None: without that folder every document is read whole."""
        del repaired, known
        return None


_MAX_TITLE_CHARS = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedDocument:
    """A feed, and what is needed to compare its document with the next version.

    ``digests``  of the entries' bytes, in order; none where the document could not be cut into them
    ``dropped``  digests of entries that the feed is without
    ``order``    digests of both, as they stand in the document
    ``scope``    whatever else of the document and its address decides what its entries say
    """

    feed: ParsedFeed
    digests: tuple[bytes, ...] = ()
    dropped: tuple[bytes, ...] = ()
    order: tuple[bytes, ...] = ()
    scope: str = ""


def parse_feed(
    repaired: Repaired, *, url: str, known: UnchangedEntries = NONE_UNCHANGED, is_plain: bool = False
) -> ParsedDocument:
    """Return the feed in a repaired document that was found at ``url`` ("" where that is unknown).

    The shortcut leaves out the entries that are ``known``; with ``is_plain`` it is not taken. Raises
    ParseError where the document holds neither entries nor anything about itself.
    """
    pieces = None if is_plain else read_pieces(repaired, known)
    if pieces is None:
        repaired = replace(repaired, text=separate_nested(repaired.text))
        found, problems = _read_whole(repaired, url)
        repaired = replace(repaired, problems=(*repaired.problems, *problems))
        return ParsedDocument(feed=_make_feed(repaired, found["feed"], found["entries"], url)[0])
    feed, head = _make_feed(repaired, pieces.feed, pieces.entries, url, is_part=bool(pieces.dropped))
    is_whole = len(feed.entries) == len(pieces.entries)
    return ParsedDocument(
        feed=feed,
        digests=pieces.digests if is_whole else (),
        dropped=pieces.dropped,
        order=pieces.order,
        scope=repr((pieces.scope, tuple(head))),
    )


class _FeedHead(NamedTuple):
    """What a feed says of itself that decides what its entries say."""

    kind: Literal["rss", "atom"]
    title: str | None
    site_url: str | None
    language: str | None
    base_url: str
    authors: tuple[str, ...]


def _read_head(root: str, feed: Raw, url: str) -> _FeedHead:
    kind: Literal["rss", "atom"] = "atom" if root.lower().endswith("feed") else "rss"
    site_url = repair_address(find_page_link(feed), url)
    return _FeedHead(
        kind=kind,
        title=plain_text(str(feed.get("title") or "")[:_MAX_TITLE_CHARS]) or None,
        site_url=site_url,
        language=clean_language(feed.get("language")),
        base_url=url if kind == "atom" and url else site_url or url,
        authors=find_authors(feed) if kind == "atom" else (),
    )


def _make_feed(
    repaired: Repaired, feed: Raw, raws: Sequence[Raw], url: str, *, is_part: bool = False
) -> tuple[ParsedFeed, _FeedHead]:
    """Return a feed, and what decides what its entries say; ``is_part``: it has others than these."""
    head = _read_head(repaired.root, feed, url)
    if not (is_part or raws or head.title or head.site_url):
        raise ParseError(url, f"a <{repaired.root}> element, but no feed in it: {LOOK}")
    entries, problems = _read_entries(raws, head, url)
    parsed = ParsedFeed(
        format=head.kind,
        title=head.title,
        site_url=head.site_url,
        language=head.language,
        asks=read_asks(feed, find_head(repaired)),
        entries=entries,
        problems=(*repaired.problems, *map(DocumentProblem, problems)),
        hub_urls=find_linked(feed.get("links"), "hub", url),
        self_url=next(iter(find_linked(feed.get("links"), "self", url)), None),
        deleted=read_deleted(repaired.text),
    )
    return parsed, head


def _read_entries(raws: Sequence[Raw], head: _FeedHead, url: str) -> tuple[tuple[Entry, ...], list[str]]:
    """Return the entries that can be read, and what was odd about them."""
    entries, problems = [], []
    undated = unreadable = 0
    for raw in raws:
        try:
            entry = read_entry(
                raw, base_url=head.base_url, url=url, language=head.language, feed_authors=head.authors
            )
        except Exception as error:  # one bad entry must not lose the others
            reason = str(error) or describe_error(error)
            problems.append(f"entry {str(raw.get('id') or raw.get('link'))[:200]!r} was left out: {reason}")
            continue
        entries.append(entry)
        if entry.published_at is None and entry.updated_at is None:
            unreadable += has_date_text(raw)
            undated += not has_date_text(raw)
    return tuple(entries), [*problems, *_describe_dates(undated, unreadable)]


def _describe_dates(undated: int, unreadable: int) -> Iterator[str]:
    if undated:
        yield f"{count_entries(undated)} without a date"
    if unreadable:
        yield f"{count_entries(unreadable)} with a date that cannot be read"


def _read_whole(repaired: Repaired, url: str) -> tuple[dict[str, Any], list[DocumentProblem]]:
    try:
        found = run_feedparser(repaired.text, url, skipped_lines=repaired.skipped_lines)
    except FeedparserError:
        return _read_in_parts(repaired, url)
    fault = found.get("bozo_exception")
    return found, [_describe_fault(fault)] if found.get("bozo") and fault is not None else []


def _read_in_parts(repaired: Repaired, url: str) -> tuple[dict[str, Any], list[DocumentProblem]]:
    """Read the head and the entries, without entries that feedparser fails on."""
    head, entries = split_entries(repaired)
    try:
        found = run_feedparser(head + write_closing_tags(head, repaired.root), url)
    except FeedparserError:  # at the head itself: the entries can do without
        head = strip_head(head, repaired.root)
        found = run_feedparser(head + write_closing_tags(head, repaired.root), url)
    found["entries"] = _read_halves(head, entries, write_closing_tags(head, repaired.root), url)
    lost = len(entries) - len(found["entries"])
    said = f"{count_entries(lost)} could not be read" if lost > 0 else "parts could not be read"
    return found, [DocumentProblem(said)]


def _read_halves(head: str, entries: list[str], tail: str, url: str) -> list[Raw]:
    if not entries:
        return []
    try:
        found: list[Raw] = run_feedparser(head + "".join(entries) + tail, url)["entries"]
    except FeedparserError:  # halve until the entry that causes it is alone
        if len(entries) == 1:
            return []
        middle = len(entries) // 2
        first, second = entries[:middle], entries[middle:]
        return _read_halves(head, first, tail, url) + _read_halves(head, second, tail, url)
    return found


def _describe_fault(fault: Exception) -> DocumentProblem:
    if isinstance(fault, SAXParseException):
        reason = plain_text(unescape(str(fault.getMessage())))
        return describe_malformed("XML", f"{reason}, line {fault.getLineNumber()}")
    return describe_malformed("XML", plain_text(str(fault)))
