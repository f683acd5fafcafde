"""An entry's addresses, and whether its id and its link identify it.

Some feeds give all of their entries one guid, some link them all to the home page or to one page with
many anchors. Such an id or link identifies nothing and is not used for that.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice, pairwise
from urllib.parse import urlsplit

from aggregator.model import Entry, ParsedFeed
from aggregator.parse.addresses import repair_address
from aggregator.parse.entry import bound_id, count_entries, looks_like_address
from aggregator.parse.identity.reused_links import is_permalink
from aggregator.parse.identity.same_article import TextLikeness, compare_texts
from aggregator.parse.media import is_image
from aggregator.text import title_key
from aggregator.urls import (
    canonical_url,
    host_of,
    registrable_domain,
    strip_tracking,
    unwrap_amp,
    unwrap_link,
)
from aggregator.urls.paper_versions import strip_version

_FEED_PROXY = re.compile(r"https?://(?:feedproxy\.google\.com|feeds\d?\.feedburner\.com)/~r/")
_COMPARED_CHARS = 1_000
_COMPARED = 50
_TITLES_OF_ONE_ID = 2
"""Two titles under one id and one link are an edit beside its first version."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """``original_url`` as given, made absolute; ``web_url`` without proxy and tracking. Both or none.

    ``is_file`` tells that there is no page, only a file that the entry comes with: it identifies nothing.
    """

    original_url: str | None = None
    web_url: str | None = None
    is_file: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What an entry says that may identify it: id, canonical URL, the key of its title, text and date."""

    entry_id: str | None
    url: str | None
    title: str
    text: str | None = None
    date: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Identified:
    """An entry with what identifies it: ``entry_id`` within its source, ``canonical_url`` anywhere.

    Both only where no other entry of its document speaks against what it says, its ``claim``.
    """

    entry: Entry
    links: Links
    entry_id: str | None
    canonical_url: str | None
    claim: Claim


def find_links(entry: Entry, source_url: str = "") -> Links:
    """Return the entry's addresses, absolute; the original behind a feed proxy where the entry names it.

    Where it has no link, an id that is an address is meant to be it; else the file that it comes with.
    """
    repair = partial(repair_address, base_url=entry.base_url, source_url=source_url)
    page = repair(entry.link) or repair(entry.permalink)
    own = entry.permalink or (entry.entry_id if looks_like_address(entry.entry_id) else None)
    if page and own and _FEED_PROXY.match(page):  # which are gone
        page = repair(own) or page
    target = repair(entry.original_link) or page
    if target is not None:
        return _make_links(page, target)
    files = (file.url for file in entry.enclosures if not is_image(file.mime_type, file.url))
    url = next(filter(None, map(repair, files)), None)
    return Links(original_url=url, web_url=url and strip_tracking(url), is_file=url is not None)


def _make_links(given: str | None, target: str) -> Links:
    return Links(original_url=given or target, web_url=strip_tracking(unwrap_amp(unwrap_link(target))))


def identify_entries(feed: ParsedFeed, *, source_url: str) -> tuple[list[Identified], list[str]]:
    """Return the entries of a document with what identifies them, and what was odd about that.

    ``source_url`` is the feed's own address: links to the home page of its site identify nothing. An
    entry whose link identifies nothing is linked by its id, where that is an address of its own.
    """
    linked = [(entry, find_links(entry, source_url)) for entry in feed.entries]
    claims = [_make_claim(entry, links) for entry, links in linked]
    reused = _find_reused_ids(claims)
    vague = _find_shared_urls(claims, reused) | _find_home_pages(claims, feed.site_url, source_url)
    permalinks = _find_permalinks(linked, claims, vague, source_url) if vague else {}
    identified = [
        Identified(
            entry=entry,
            links=permalinks.get(number, links),
            entry_id=None if claim.entry_id in reused else claim.entry_id,
            canonical_url=_choose_canonical_url(claim, permalinks.get(number), vague),
            claim=claim,
        )
        for number, ((entry, links), claim) in enumerate(zip(linked, claims, strict=True))
    ]
    by_link = [claim for number, claim in enumerate(claims) if number not in permalinks]
    return identified, _describe_problems(claims, by_link, reused, vague)


def _make_claim(entry: Entry, links: Links) -> Claim:
    return Claim(
        entry_id=bound_id(entry.entry_id),
        url=canonical_url(links.web_url) if links.web_url and not links.is_file else None,
        title=title_key(entry.title or ""),
        text=entry.summary_html or entry.content_html,
        date=entry.published_at or entry.updated_at,
    )


def _choose_canonical_url(claim: Claim, permalink: Links | None, vague: frozenset[str]) -> str | None:
    if permalink is not None and permalink.web_url is not None:
        return canonical_url(permalink.web_url)
    return None if claim.url in vague else claim.url


def _find_permalinks(
    linked: Sequence[tuple[Entry, Links]], claims: Sequence[Claim], vague: frozenset[str], source_url: str
) -> Mapping[int, Links]:
    """Return, by place in the document, links made of ids for entries whose own link identifies nothing.

    A link with a fragment of its own leads to a place on a page that several share, and stays.
    """
    times = Counter(links.web_url for _, links in linked)
    found: dict[int, Links] = {}
    for number, ((entry, links), claim) in enumerate(zip(linked, claims, strict=True)):
        if claim.url not in vague or ("#" in (links.web_url or "") and times[links.web_url] == 1):
            continue
        permalink = repair_address(entry.permalink, entry.base_url, source_url=source_url)
        if permalink is not None:
            found[number] = _make_links(permalink, permalink)
    keys = Counter(canonical_url(links.web_url) for links in found.values() if links.web_url)
    return {
        number: links
        for number, links in found.items()
        if links.web_url and keys[key := canonical_url(links.web_url)] == 1 and key not in vague
    }


def _find_reused_ids(claims: Sequence[Claim]) -> frozenset[str]:
    urls: dict[str, set[str]] = defaultdict(set)
    titles: dict[str, set[str]] = defaultdict(set)
    times = Counter(claim.entry_id for claim in claims)
    for claim in claims:
        if claim.entry_id is not None and times[claim.entry_id] > 1:
            titles[claim.entry_id].add(claim.title)
            if claim.url is not None:
                urls[claim.entry_id].add(claim.url)
    return frozenset(
        entry_id
        for entry_id in titles
        if len(urls[entry_id]) > 1 or len(titles[entry_id]) > _TITLES_OF_ONE_ID
    )


def _find_shared_urls(claims: Sequence[Claim], reused: frozenset[str]) -> frozenset[str]:
    groups: Mapping[str, list[Claim]] = defaultdict(list)
    times = Counter(claim.url for claim in claims)
    for claim in claims:
        if claim.url is not None and times[claim.url] > 1:
            groups[claim.url].append(claim)
    return frozenset(url for url, group in groups.items() if _are_other_entries(group, reused))


def _are_other_entries(group: Sequence[Claim], reused: frozenset[str]) -> bool:
    ids = {
        strip_version(claim.entry_id) for claim in group if claim.entry_id and claim.entry_id not in reused
    }
    return len(ids) != 1 and (len({claim.title for claim in group}) > 1 or _are_other_news(group))


def _are_other_news(group: Sequence[Claim]) -> bool:
    """Tell whether entries of one title and link have nothing else in common: a page of warnings."""
    dates = {claim.date for claim in group if claim.date is not None}
    if len(dates) < len(group) or is_permalink(group[0].url or "", group[0].title):
        return False
    texts = [claim.text and claim.text[:_COMPARED_CHARS] for claim in group]
    return all(
        compare_texts(one, other) is TextLikeness.DIFFERENT
        for one, other in islice(pairwise(texts), _COMPARED)
    )


def _find_home_pages(claims: Iterable[Claim], site_url: str | None, source_url: str) -> frozenset[str]:
    own = {registrable_domain(host_of(url)) for url in (site_url, source_url) if url}
    named = {canonical_url(url) for url in (site_url, source_url) if url}
    urls = {claim.url for claim in claims if claim.url is not None}
    return frozenset(url for url in urls if url in named or (_is_root(url) and _find_domain(url) in own))


def _is_root(url: str) -> bool:
    if url.count("/") > 3:
        return False
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query and not parts.fragment


def _find_domain(url: str) -> str:
    return registrable_domain(host_of(url))


def _describe_problems(
    claims: Iterable[Claim], by_link: Iterable[Claim], reused: frozenset[str], vague: frozenset[str]
) -> list[str]:
    by_id = sum(claim.entry_id in reused for claim in claims)
    by_url = sum(claim.url in vague for claim in by_link)
    problems = []
    if by_id:
        problems.append(f"{count_entries(by_id)} with an id that identifies several: not used")
    if by_url:
        problems.append(
            f"{count_entries(by_url)} with a link that identifies none: the home page, or several share it"
        )
    return problems
