"""An entry's addresses, and whether its id and its link tell it from the others.

Some feeds give all of their entries one guid, some link them all to the home page or to one page with
many anchors. Such an id or link identifies nothing and is not used for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.model import Entry, ParsedFeed
from aggregator.parse.entry import bounded_id, count_entries
from aggregator.text import title_key
from aggregator.urls import (
    absolute_url,
    canonical_url,
    host_of,
    registrable_domain,
    strip_tracking,
    unwrap_amp,
    unwrap_link,
)

_TITLES_OF_ONE_ID = 2
"""Under one id and one link two titles are an edit that stands beside its first version."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """``original_url`` as given, made absolute; ``web_url`` without proxy and tracking. Both or none."""

    original_url: str | None = None
    web_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What an entry says of which it is: its id, its canonical URL, the key of its title."""

    entry_id: str | None
    url: str | None
    title: str


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


def links_of(entry: Entry) -> Links:
    """Return the entry's addresses, absolute; the original behind a feed proxy where the entry names it."""
    given = absolute_url(entry.base_url, entry.link)
    target = absolute_url(entry.base_url, entry.original_link) or given
    if target is None:
        return Links()
    return Links(original_url=given or target, web_url=strip_tracking(unwrap_amp(unwrap_link(target))))


def identify_entries(feed: ParsedFeed, *, source_url: str) -> tuple[list[Identified], list[str]]:
    """Return the entries of a document with what identifies them, and what was odd about that.

    ``source_url`` is the feed's own address: links to the home page of its site identify nothing.
    """
    linked = [(entry, links_of(entry)) for entry in feed.entries]
    claims = [
        Claim(
            entry_id=bounded_id(entry.entry_id),
            url=canonical_url(links.web_url) if links.web_url else None,
            title=title_key(entry.title or ""),
        )
        for entry, links in linked
    ]
    reused = _reused_ids(claims)
    vague = _shared_urls(claims, reused) | _home_pages(claims, feed.site_url, source_url)
    identified = [
        Identified(
            entry=entry,
            links=links,
            entry_id=None if claim.entry_id in reused else claim.entry_id,
            canonical_url=None if claim.url in vague else claim.url,
            claim=claim,
        )
        for (entry, links), claim in zip(linked, claims, strict=True)
    ]
    return identified, _problems(claims, reused, vague)


def _reused_ids(claims: Sequence[Claim]) -> frozenset[str]:
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


def _shared_urls(claims: Sequence[Claim], reused: frozenset[str]) -> frozenset[str]:
    groups: Mapping[str, list[Claim]] = defaultdict(list)
    times = Counter(claim.url for claim in claims)
    for claim in claims:
        if claim.url is not None and times[claim.url] > 1:
            groups[claim.url].append(claim)
    return frozenset(url for url, group in groups.items() if _differ(group, reused))


def _differ(group: Iterable[Claim], reused: frozenset[str]) -> bool:
    ids = {claim.entry_id for claim in group} - reused - {None}
    return len(ids) != 1 and len({claim.title for claim in group}) > 1


def _home_pages(claims: Iterable[Claim], site_url: str | None, source_url: str) -> frozenset[str]:
    own = {registrable_domain(host_of(url)) for url in (site_url, source_url) if url}
    site = canonical_url(site_url) if site_url else None
    urls = {claim.url for claim in claims if claim.url is not None}
    return frozenset(url for url in urls if url == site or (_is_root(url) and _domain(url) in own))


def _is_root(url: str) -> bool:
    if url.count("/") > 3:
        return False
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query and not parts.fragment


def _domain(url: str) -> str:
    return registrable_domain(host_of(url))


def _problems(claims: Iterable[Claim], reused: frozenset[str], vague: frozenset[str]) -> list[str]:
    by_id = sum(claim.entry_id in reused for claim in claims)
    by_url = sum(claim.url in vague for claim in claims)
    problems = []
    if by_id:
        problems.append(f"{count_entries(by_id)} with an id that identifies several: not used")
    if by_url:
        problems.append(
            f"{count_entries(by_url)} with a link that identifies none: the home page, or several share it"
        )
    return problems
