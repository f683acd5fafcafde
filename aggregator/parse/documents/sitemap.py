"""News sitemaps (https://www.sitemaps.org/protocol.html, with Google's news and image extensions).

A list of sitemaps (``<sitemapindex>``) is followed by whoever polls; here several ``<urlset>`` in one text
are read as one. Addresses without news are no articles: pages of shops and archives are listed alike.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.parsers import expat

from aggregator.errors import ParseError
from aggregator.html import plain_text
from aggregator.model import DocumentProblem, Entry, Image, ParsedFeed
from aggregator.parse.dates.dates import parse_date
from aggregator.parse.documents.document_limits import find_excess
from aggregator.parse.documents.encoding import decode_document
from aggregator.parse.documents.faults import describe_malformed
from aggregator.parse.documents.feed import ParsedDocument
from aggregator.parse.documents.messages import LOOK
from aggregator.parse.documents.pieces import DIGEST_BYTES, NONE_UNCHANGED, UnchangedEntries
from aggregator.parse.documents.repair import MAX_ENTRIES, escape_ampersands, find_prolog_end
from aggregator.parse.entry import bound_id, count_entries
from aggregator.parse.people.names import clean_language
from aggregator.urls import absolute_url, host_of, registrable_domain

NEWS_AGE = timedelta(days=2)
"""How old news in a sitemap may be, as Google has it."""
MAX_CHILDREN = 3
"""Sitemaps of a list that are asked for in one poll: the newest."""
MAX_LISTED = 50_000
"""Of a list, as the protocol has it."""
MAX_ROOTS = 10
MAX_TEXT_CHARS = 5_000
MAX_IMAGES = 10

_ROOT = re.compile(r"<(?:[A-Za-z][\w.-]*:)?(urlset|sitemapindex)(?=[\s/>])", re.IGNORECASE)
_START_BYTES = 20_000
_TEXTS = {
    ("url", "loc"): "loc",
    ("url", "lastmod"): "lastmod",
    ("news", "title"): "title",
    ("news", "publication_date"): "published",
    ("publication", "name"): "publication",
    ("publication", "language"): "language",
    ("image", "loc"): "image",
    ("sitemap", "loc"): "loc",
    ("sitemap", "lastmod"): "lastmod",
}
"""Which texts are read, by their element and the one around it, without prefixes."""


class ListedSitemap(NamedTuple):
    """A sitemap of a list, and when it changed last; None: not stated."""

    url: str
    changed_at: datetime | None


class _ListFull(Exception):
    """A sitemap holds as many addresses as are read."""


@dataclass(slots=True)
class _SitemapReader:
    """The state of reading one ``<urlset>`` or list: ``items`` has the texts of each, by name."""

    items: list[dict[str, list[str]]] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    length: int = 0
    fault: DocumentProblem | None = None

    def read(self, text: str) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add
        try:
            parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            self.fault = describe_malformed("XML", f"{expat.ErrorString(error.code)}, line {error.lineno}")
        except _ListFull:
            pass

    def _start(self, element: str, _: dict[str, str]) -> None:
        name = element.rpartition(":")[2].lower()
        self.path.append(name)
        self.text.clear()
        self.length = 0
        if name in ("url", "sitemap") and len(self.path) == 2:
            self.texts = {}

    def _add(self, text: str) -> None:
        if self.length < MAX_TEXT_CHARS:
            self.text.append(text[: MAX_TEXT_CHARS - self.length])
            self.length += len(text)

    def _end(self, _: str) -> None:
        name = self.path.pop()
        around = self.path[-1] if self.path else ""
        said = _TEXTS.get((around, name))
        if said is not None:
            found = "".join(self.text).strip()
            if found:
                self.texts.setdefault(said, []).append(found)
        elif name in ("url", "sitemap") and len(self.path) == 1:
            if len(self.items) >= MAX_LISTED:
                raise _ListFull
            self.items.append(self.texts)
        self.text.clear()
        self.length = 0


def find_sitemap_kind(body: bytes) -> str | None:
    """Return ``urlset`` or ``sitemapindex`` for a document that is one, by its root; None for others."""
    root = _find_root(decode_document(body[:_START_BYTES])[0])
    return root[1].lower() if root else None


def is_sitemap(text: str) -> bool:
    """Tell whether a text is a sitemap or a list of them, by its root."""
    return _find_root(text) is not None


def _find_root(text: str) -> re.Match[str] | None:
    start = len(text) - len(text.lstrip("\ufeff\0"))
    return _ROOT.match(text, start + find_prolog_end(text[start : start + _START_BYTES]))


def list_sitemaps(body: bytes, *, url: str, now: datetime) -> tuple[ListedSitemap, ...]:
    """Return which sitemaps of a list at ``url`` to read for news: a few, the newest first.

    Those that say that they did not change in the last days have no news. One on another site is not
    followed. Where nothing says when they changed, those that are called after news come first. Raises
    ParseError.
    """
    text, _ = decode_document(body)
    if excess := find_excess(text):
        raise ParseError(url, f"{excess}, which no sitemap needs: {LOOK}")
    items, _ = _read_items(text)
    own = registrable_domain(host_of(url))
    listed = (ListedSitemap(_absolute(one, url), _date(one, "lastmod")) for one in items)
    fresh = [
        one
        for one in listed
        if registrable_domain(host_of(one.url)) == own
        and (one.changed_at is None or one.changed_at > now - NEWS_AGE)
    ]
    fresh.sort(key=lambda one: "news" not in one.url)
    dated = [(one.changed_at, one) for one in fresh if one.changed_at]
    dated.sort(key=lambda pair: pair[0], reverse=True)
    undated = [one for one in fresh if one.changed_at is None]
    return tuple(dict.fromkeys((*(one for _, one in dated), *undated)))[:MAX_CHILDREN]


def parse_sitemap(
    text: str, *, url: str, since: datetime, known: UnchangedEntries = NONE_UNCHANGED
) -> ParsedDocument:
    """Return the news in a sitemap since a time, but what is ``known``; ``url`` is where it was found.

    Raises ParseError where the document lists addresses, and no news at all.
    """
    items, fault = _read_items(text)
    news = [item for item in items if "title" in item and "loc" in item]
    if not news and (items or fault):
        reason = (
            fault.text
            if fault
            else "a sitemap without news (Google's news extension), so that nothing tells titles"
        )
        raise ParseError(url, f"{reason}: {LOOK}")
    fresh = [item for item in news if _is_since(item, since)][:MAX_ENTRIES]
    digests = [_digest(item) for item in fresh]
    dropped = known.select_from(digests)
    read = [(item, one) for item, one in zip(fresh, digests, strict=True) if one not in dropped]
    feed = replace(
        _describe_site(news, url),
        entries=tuple(_make_entry(item, url) for item, _ in read),
        problems=tuple(_describe_problems(len(items) - len(news), fault)),
    )
    return ParsedDocument(
        feed=feed,
        digests=tuple(digest for _, digest in read),
        dropped=tuple(digest for digest in digests if digest in dropped),
        scope=repr(("sitemap", feed.title, feed.site_url, feed.language)),
    )


def _describe_site(news: Sequence[dict[str, list[str]]], url: str) -> ParsedFeed:
    """Return a feed without entries, of what most of the news say of their site."""
    parts = urlsplit(url)
    return ParsedFeed(
        format="sitemap",
        title=plain_text(_most_common(news, "publication")) or None,
        site_url=f"{parts.scheme}://{parts.netloc}/" if parts.netloc else None,
        language=clean_language(_most_common(news, "language")),
    )


def _read_items(text: str) -> tuple[list[dict[str, list[str]]], DocumentProblem | None]:
    """Return the texts of each item of all sitemaps in a text, and what is wrong with it; None: nothing."""
    starts = [match.start() for match in islice(_ROOT.finditer(text), MAX_ROOTS)]
    items: list[dict[str, list[str]]] = []
    fault = None
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        reader = _SitemapReader()
        reader.read(_cut(text[start:end]))
        items += reader.items
        fault = fault or reader.fault
    return items, fault


def _cut(text: str) -> str:
    """Return one sitemap up to the end of its root element, which it begins with, without bare ampersands."""
    root = text[1 : _ROOT.match(text).end()]  # type: ignore[union-attr]  # it begins so
    end = text.rfind(f"</{root}")
    return escape_ampersands(text if end < 0 else f"{text[:end]}</{root}>")


def _is_since(item: dict[str, list[str]], since: datetime) -> bool:
    stated = _date(item, "published") or _date(item, "lastmod")
    return stated is None or stated >= since


def _date(item: dict[str, list[str]], name: str) -> datetime | None:
    return parse_date(item[name][0]) if name in item else None


def _absolute(item: dict[str, list[str]], url: str) -> str:
    return absolute_url(url, item.get("loc", [""])[0]) or ""


def _digest(item: dict[str, list[str]]) -> bytes:
    said = repr(sorted(item.items())).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(said, digest_size=DIGEST_BYTES).digest()


def _most_common(items: Sequence[dict[str, list[str]]], name: str) -> str:
    counted = Counter(item[name][0] for item in items if name in item)
    return counted.most_common(1)[0][0] if counted else ""


def _make_entry(item: dict[str, list[str]], url: str) -> Entry:
    link, published_at, updated_at = item["loc"][0], _date(item, "published"), _date(item, "lastmod")
    return Entry(
        base_url=url,
        entry_id=bound_id(link),
        link=link,
        title=item["title"][0],
        title_is_html=False,
        published_at=published_at,
        updated_at=updated_at,
        language=clean_language(item["language"][0]) if "language" in item else None,
        images=tuple(Image(url=one) for one in item.get("image", ())[:MAX_IMAGES]),
    )


def _describe_problems(without_news: int, fault: DocumentProblem | None) -> Iterator[DocumentProblem]:
    if fault:
        yield fault._replace(text=f"{fault.text}: what follows was left out")
    if without_news:
        yield DocumentProblem(f"{count_entries(without_news)} without news, left out")
