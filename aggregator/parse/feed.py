"""RSS and Atom documents of all versions, through feedparser; nothing else here imports it.

feedparser gets bytes in UTF-8 and never an address, so it opens neither files nor connections. Of
what it offers its sanitising and its links in HTML are left out (``aggregator.html`` does both), and
its dates are not looked at: some are wrong.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import unescape
from io import BytesIO
from itertools import chain
from typing import Any, Literal
from xml.sax import SAXParseException

import feedparser

from aggregator.errors import ParseError
from aggregator.html import plain_text
from aggregator.model import Entry, ParsedFeed
from aggregator.parse.advice import LOOK
from aggregator.parse.asks import read_asks
from aggregator.parse.cut import Cut, cut_document, is_plain_probe, probe_like
from aggregator.parse.entry import Raw, authors_of, count_entries, has_date_text, page_link, read_entry
from aggregator.parse.hubs import linked
from aggregator.parse.names import clean_language
from aggregator.parse.quick import read_quickly
from aggregator.parse.repair import Repaired, bare_head, closing_tags, head_of, split_entries
from aggregator.urls import absolute_url

_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>"
_MAX_TITLE_CHARS = 1_000
# It would look for a driver that nobody has, through every folder of modules, for every document.
feedparser.api.PREFERRED_XML_PARSERS = []
_BASE = re.compile(r"\b(?:xml:)?base\s*=", re.IGNORECASE)


def parse_feed(repaired: Repaired, *, url: str, may_be_quick: bool = True) -> ParsedFeed:
    """Return the feed in a repaired document that was found at ``url`` ("" where that is unknown).

    ``may_be_quick`` False leaves every entry to feedparser, which makes no difference but in time. Raises
    ParseError where it holds neither entries nor anything about itself.
    """
    found, problems = _read(repaired, url, may_be_quick=may_be_quick)
    feed: Raw = found["feed"]
    kind: Literal["rss", "atom"] = "atom" if repaired.root.lower().endswith("feed") else "rss"
    site_url = absolute_url(url, page_link(feed))
    title = plain_text(str(feed.get("title") or "")[:_MAX_TITLE_CHARS]) or None
    if not found["entries"] and not title and not site_url:
        raise ParseError(
            url,
            f"a <{repaired.root}> element, but no feed in it: {LOOK}",
        )
    language = clean_language(feed.get("language"))
    reading = partial(
        read_entry,
        is_atom=kind == "atom",
        base_url=url if kind == "atom" and url else site_url or url,
        language=language,
        feed_authors=authors_of(feed) if kind == "atom" else (),
    )
    entries, odd = _entries(found["entries"], reading)
    return ParsedFeed(
        format=kind,
        title=title,
        site_url=site_url,
        language=language,
        asks=read_asks(feed, head_of(repaired)),
        entries=entries,
        problems=(*repaired.problems, *problems, *odd),
        hub_urls=linked(feed.get("links"), "hub", url),
        self_url=next(iter(linked(feed.get("links"), "self", url)), None),
    )


def _entries(raws: list[Raw], reading: Callable[[Raw], Entry]) -> tuple[tuple[Entry, ...], list[str]]:
    entries, problems = [], []
    undated = unreadable = 0
    for raw in raws:
        try:
            entry = reading(raw)
        except Exception as error:  # one bad entry must not lose the others
            problems.append(f"entry {str(raw.get('id') or raw.get('link'))[:200]!r} was left out: {error}")
            continue
        entries.append(entry)
        if entry.published_at is None and entry.updated_at is None:
            unreadable += has_date_text(raw)
            undated += not has_date_text(raw)
    return tuple(entries), [*problems, *_date_problems(undated, unreadable)]


def _date_problems(undated: int, unreadable: int) -> Iterator[str]:
    if undated:
        yield f"{count_entries(undated)} without a date"
    if unreadable:
        yield f"{count_entries(unreadable)} with a date that cannot be read"


def _read(repaired: Repaired, url: str, *, may_be_quick: bool) -> tuple[dict[str, Any], list[str]]:
    if may_be_quick and not _has_base(repaired.text) and (found := _read_cut(repaired)) is not None:
        return found, []
    try:
        found = _run_feedparser(repaired.text, url, skipped_lines=repaired.skipped_lines)
    except Exception:  # feedparser stumbles over some documents in many ways
        return _read_apart(repaired, url)
    fault = found.get("bozo_exception")
    return found, [_described(fault)] if found.get("bozo") and fault is not None else []


def _has_base(text: str) -> bool:
    return "base" in text.lower() and _BASE.search(text) is not None


def _read_cut(repaired: Repaired) -> dict[str, Any] | None:
    """Read most entries without feedparser, the rest with it; None where that may not be the same."""
    cut = cut_document(repaired.text.encode("utf-8", "replace"))
    if cut is None or (around := _read_around(cut, ())) is None:
        return None
    detail = around["entries"][0].get("title_detail", {})
    is_atom = around["version"].startswith("atom")
    quick = read_quickly(cut, is_atom=is_atom, language=detail.get("language"))
    left = [span for span, read in zip(cut.spans, quick or (), strict=False) if read is None]
    if quick is None or len(quick) != len(cut.spans) or 2 * len(left) > len(quick):
        return None
    if left:
        around = _read_around(cut, left)
    if around is None:
        return None
    slow = iter(around["entries"][1::2])
    around["entries"] = [next(slow) if read is None else read for read in quick]
    return around


def _read_around(cut: Cut, spans: Sequence[bytes]) -> dict[str, Any] | None:
    """Read a document that has only these of its entries, with a probe before them and after each.

    None where it is not itself, or where one of them changes how feedparser takes what follows it.
    """
    probe = probe_like(cut.name)
    parts = chain.from_iterable((span, probe) for span in spans)
    try:
        found = _run_feedparser(b"".join((cut.head, probe, *parts, cut.tail)).decode(), "")
    except Exception:  # it stumbles also over the whole
        return None
    entries = found["entries"]
    if found["bozo"] or len(entries) != 2 * len(spans) + 1 or not is_plain_probe(entries[0]):
        return None
    return found if all(entry == entries[0] for entry in entries[2::2]) else None


def _run_feedparser(text: str, url: str, *, skipped_lines: int = 0) -> dict[str, Any]:
    headers = {"content-type": "application/xml; charset=utf-8"}
    if _has_base(text):
        # Only then, since feedparser resolves against it even ids that are no addresses.
        headers["content-location"] = url
    document = f"{_DECLARATION}{skipped_lines * chr(10)}{text}".encode("utf-8", "replace")
    found: dict[str, Any] = feedparser.parse(
        BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    return found


def _read_apart(repaired: Repaired, url: str) -> tuple[dict[str, Any], list[str]]:
    """Read the head and the entries without those that feedparser stumbles over."""
    head, entries = split_entries(repaired)
    try:
        found = _run_feedparser(head + closing_tags(head, repaired.root), url)
    except Exception:  # the head itself: the entries can do without
        head = bare_head(head, repaired.root)
        found = _run_feedparser(head + closing_tags(head, repaired.root), url)
    found["entries"] = _read_halves(head, entries, closing_tags(head, repaired.root), url)
    lost = len(entries) - len(found["entries"])
    return found, [f"{count_entries(lost)} could not be read"] if lost > 0 else ["parts could not be read"]


def _read_halves(head: str, entries: list[str], tail: str, url: str) -> list[Raw]:
    if not entries:
        return []
    try:
        found: list[Raw] = _run_feedparser(head + "".join(entries) + tail, url)["entries"]
    except Exception:  # narrowed down to the entry that causes it
        if len(entries) == 1:
            return []
        middle = len(entries) // 2
        first, second = entries[:middle], entries[middle:]
        return _read_halves(head, first, tail, url) + _read_halves(head, second, tail, url)
    return found


def _described(fault: Exception) -> str:
    if isinstance(fault, SAXParseException):
        reason = plain_text(unescape(str(fault.getMessage())))
        return f"not well-formed XML: {reason}, line {fault.getLineNumber()}"
    return f"not well-formed XML: {plain_text(str(fault))}"
