"""Whether two wordings are of one article: titles, links, dates. Pure, and symmetric where it can be."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from aggregator.model import Article, Sighting
from aggregator.text import title_key
from aggregator.urls import host_of

RECURS_AFTER = timedelta(hours=12)
"""Entries of one source with one title, different links and dates this far apart: it recurs."""

_NUMBER = re.compile(r"(?<![0-9a-z])(?:\d{5,}|(?=[a-f]*\d)[0-9a-f]{8,})(?![0-9a-z])", re.IGNORECASE)
_DAY_NUMBER = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:(?:[0-2]\d|3[01])(?:\d\d){0,3})?")

TitleKey = tuple[str, str]


def title_key_of(article: Article) -> TitleKey:
    """Return what titles are compared by: the provider's domain and the title's key."""
    return article.provider.domain, title_key(article.title)


def recurring_titles(articles: Sequence[Article]) -> frozenset[TitleKey]:
    """Titles that stand in the document more than once, as articles of different days."""
    groups: dict[TitleKey, dict[str, Article]] = defaultdict(dict)
    for article in articles:
        groups[title_key_of(article)][article.canonical_url or article.id] = article
    return frozenset(key for key, group in groups.items() if len(group) > 1 and _stand_apart(group.values()))


def _stand_apart(group: Iterable[Article]) -> bool:
    ordered = sorted(group, key=lambda article: article.stated_at or article.published_at)
    return any(_differ(ordered[0], later) for later in ordered[1:])


def _differ(one: Article, other: Article) -> bool:
    if one.stated_at is None or other.stated_at is None:
        return one.excerpt != other.excerpt
    return abs(other.stated_at - one.stated_at) >= RECURS_AFTER


def told_apart(stored: Article, article: Article) -> bool:
    """Whether one source gives two articles another id, another link and another day each.

    Without links, another text is asked for instead: some sources change ids and dates on every fetch.
    """
    if stored.source_id != article.source_id or stored.entry_id == article.entry_id:
        return False
    if None in (stored.entry_id, article.entry_id) or not _differ(stored, article):
        return False
    if stored.canonical_url is None and article.canonical_url is None:
        return None not in (stored.stated_at, article.stated_at) and stored.excerpt != article.excerpt
    return None not in (stored.canonical_url, article.canonical_url)


def _same_place(one: str, other: str) -> bool:
    """Whether two canonical URLs are equal, or carry the same number of the publisher's own making."""
    if one == other:
        return True
    numbers = _numbers(one)
    return bool(numbers) and numbers == _numbers(other) and host_of(one) == host_of(other)


def _numbers(url: str) -> set[str]:
    return {number for number in _NUMBER.findall(url) if not _DAY_NUMBER.fullmatch(number)}


def _link_agrees(known: str | None, stated: str | None) -> bool:
    return known is not None and stated is not None and _same_place(known, stated)


def agrees(sighting: Sighting, article: Article, key: str) -> bool:
    """Tell whether link, title or date of ``article``, with title ``key``, is as ``sighting`` has it."""
    return (
        _link_agrees(sighting.canonical_url, article.canonical_url)
        or (key != "" and sighting.title_key == key)
        or (sighting.stated_at is not None and sighting.stated_at == article.stated_at)
    )
