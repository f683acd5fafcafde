"""From the bytes of a document of any format to the feed in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from aggregator.errors import ParseError, describe_error
from aggregator.html import feed_links
from aggregator.model import DocumentProblem
from aggregator.parse.documents.document_limits import find_excess
from aggregator.parse.documents.encoding import decode_document
from aggregator.parse.documents.feed import ParsedDocument, parse_feed
from aggregator.parse.documents.json_repair import strip_json_wrapping
from aggregator.parse.documents.jsonfeed import parse_json
from aggregator.parse.documents.messages import LOOK, REPORT
from aggregator.parse.documents.pieces import NONE_UNCHANGED, UnchangedEntries
from aggregator.parse.documents.repair import is_page, repair_document
from aggregator.parse.documents.sitemap import is_sitemap, parse_sitemap

_IGNORED = "\ufeff\0 \t\r\n\v\f"
_NAMED_FEEDS = 5


def parse_document(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    known: UnchangedEntries = NONE_UNCHANGED,
    is_plain: bool = False,
    news_since: datetime | None = None,
) -> ParsedDocument:
    """Return the feed in ``body``: RSS 0.9x to 2.0, Atom 0.3 or 1.0, JSON Feed 1.0 or 1.1.

    With ``news_since`` also a sitemap is one, with its news since then.

    Entries that are ``known`` are left out, where the document can be cut. With ``is_plain`` the shortcut is
    not taken: feedparser reads the document as a whole, slowly, which gives the same. ``url`` is where it was
    found, after redirects, and resolves relative addresses ("" where it is unknown). ``content_type`` is the
    HTTP header. Raises ParseError, and nothing else but MemoryError, where the document is no feed; for an
    HTML page the error names the feeds that the page links to.
    """
    text, problem = decode_document(body, content_type)
    if not text.strip(_IGNORED):
        raise ParseError(url, f"empty document: {LOOK}")
    try:
        if is_sitemap(text):
            parsed = _parse_sitemap(text, url, news_since, known)
        else:
            parse = partial(parse_feed, known=known, is_plain=is_plain)
            parsed = _parse_text(text, url, parse)
    except (ParseError, MemoryError):
        raise
    except Exception as error:  # hostile input finds faults that nobody foresaw
        raise ParseError(url, f"cannot be parsed ({describe_error(error)}): {REPORT}") from error
    if problem is None:
        return parsed
    return replace(
        parsed, feed=replace(parsed.feed, problems=(DocumentProblem(problem), *parsed.feed.problems))
    )


def _parse_text(text: str, url: str, parse: Callable[..., ParsedDocument]) -> ParsedDocument:
    if (document := strip_json_wrapping(text.lstrip(_IGNORED))).startswith(("{", "[")):
        return ParsedDocument(feed=parse_json(document, url=url))
    repaired = repair_document(text.lstrip("\ufeff\0"))
    if repaired is None:
        raise _explain_no_feed(text, url)
    if excess := find_excess(repaired.text):
        raise ParseError(url, f"{excess}, which no feed needs: {LOOK}")
    return parse(repaired, url=url)


def _parse_sitemap(text: str, url: str, since: datetime | None, known: UnchangedEntries) -> ParsedDocument:
    if since is None:
        raise ParseError(url, "a sitemap, not a feed: give the source `type: sitemap` if it lists news")
    if excess := find_excess(text):
        raise ParseError(url, f"{excess}, which no sitemap needs: {LOOK}")
    return parse_sitemap(text, url=url, since=since, known=known)


def _explain_no_feed(text: str, url: str) -> ParseError:
    if not is_page(text):
        return ParseError(url, f"neither RSS, Atom nor JSON Feed: {LOOK}")
    feeds = feed_links(text, url)
    if not feeds:
        return ParseError(url, f"an HTML page, not a feed, and it links to none: {LOOK}")
    named = ", ".join(feeds[:_NAMED_FEEDS])
    return ParseError(
        url, f"an HTML page, not a feed; set the source's url to what it links to: {named}", feeds
    )
