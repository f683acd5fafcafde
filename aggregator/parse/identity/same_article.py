"""Whether two articles are alike: titles, texts, links, dates. Pure, and symmetric where it can be."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from difflib import SequenceMatcher
from enum import Enum
from functools import lru_cache

from aggregator.model import Article, Sighting
from aggregator.parse.people.publishers import find_publisher
from aggregator.text import signed_key, title_key
from aggregator.urls import host_of

RECURS_AFTER = timedelta(hours=12)
"""Entries of one source with one title, different links and dates this far apart: it recurs."""

_NUMBER = re.compile(r"(?<![0-9a-z])(?:\d{5,}|(?=[a-f]*\d)[0-9a-f]{8,})(?![0-9a-z])", re.IGNORECASE)
_DAY_NUMBER = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:(?:[0-2]\d|3[01])(?:\d\d){0,3})?")

_WORD = re.compile(r"\w+")
TitleKey = tuple[str, str]
RecurringKey = tuple[str, str | None, str]

_NEARLY = 0.85
_SHARED = 0.7
_FEW_WORDS = 5
_FEW_CHARS = 20
"""Fewer words ("More on our page") stand in many articles: that they are the same says nothing."""
_MANY_WORDS = 8
_CHARS_A_WORD = 15
"""Longer words than this on average are sentences of a script that is written without spaces."""


class TextLikeness(Enum):
    """How two texts compare; ``UNKNOWN`` where one is missing, or both are too short to tell.

    ``NEAR`` has words edited, ``CLOSE`` not even a name or number.
    """

    SAME = "same"
    CLOSE = "close"
    NEAR = "near"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@lru_cache(maxsize=4096)
def compare_texts(one: str | None, other: str | None) -> TextLikeness:
    """Compare two excerpts word by word; one that is cut earlier than the other is the same."""
    short, long = sorted((_split_words(one), _split_words(other)), key=len)
    if not short:
        return TextLikeness.UNKNOWN
    if long[: len(short)] == short:
        is_telling = len(short) >= _FEW_WORDS and len("".join(short)) >= _FEW_CHARS
        return TextLikeness.SAME if is_telling else TextLikeness.UNKNOWN
    if len(short) < _MANY_WORDS:
        return TextLikeness.DIFFERENT
    if len(set(short) & set(long)) < _SHARED * len(set(short)):  # quick to see, and mostly so
        return TextLikeness.DIFFERENT
    if SequenceMatcher(None, long[: 2 * len(short)], short, autojunk=False).ratio() < _NEARLY:
        return TextLikeness.DIFFERENT
    return _compare_names(one or "", other or "")


def _compare_names(one: str, other: str) -> TextLikeness:
    """Compare texts of nearly the same words: a form that was filled in twice has other names and numbers."""
    missing = _find_names(one) - set(title_key(other).split())
    added = _find_names(other) - set(title_key(one).split())
    if missing and added:
        return TextLikeness.DIFFERENT
    return TextLikeness.NEAR if missing or added else TextLikeness.CLOSE


def _find_names(text: str) -> set[str]:
    """Return the words that are capitalised or numbers, but for the first: it always is."""
    words = (word for word in _WORD.findall(text)[1:] if word.lower() != word or word.isdigit())
    return {title_key(word) for word in words if len(word) > 2 or word.isdigit()}


@lru_cache(maxsize=4096)
def _split_words(text: str | None) -> tuple[str, ...]:
    key = title_key(text or "")
    words = key.split()
    return tuple(key.replace(" ", "")) if len(key) > _CHARS_A_WORD * len(words) else tuple(words)


def make_title_key(article: Article) -> TitleKey:
    """Return what titles are compared by: the provider's domain and the title's key."""
    return article.provider.domain, title_key(article.title)


def make_recurring_key(article: Article) -> RecurringKey:
    """Return what titles of one document are compared by: publisher and title, with its signs."""
    return article.provider.domain, find_publisher(article), signed_key(article.title)


def find_recurring_titles(articles: Sequence[Article]) -> frozenset[RecurringKey]:
    """Return the titles that stand in the document more than once, as articles of different days."""
    titled: dict[TitleKey, list[Article]] = defaultdict(list)
    for article in articles:
        titled[make_title_key(article)].append(article)
    groups: dict[RecurringKey, dict[str, Article]] = defaultdict(dict)
    for article in (one for same in titled.values() if len(same) > 1 for one in same):
        groups[make_recurring_key(article)][article.canonical_url or article.id] = article
    return frozenset(key for key, group in groups.items() if len(group) > 1 and _stand_apart(group.values()))


def _stand_apart(group: Iterable[Article]) -> bool:
    ordered = sorted(group, key=lambda article: article.stated_at or article.published_at)
    return any(_are_of_other_days(ordered[0], later) for later in ordered[1:])


def _are_of_other_days(one: Article, other: Article) -> bool:
    if one.stated_at is None or other.stated_at is None:
        return one.excerpt != other.excerpt
    return abs(other.stated_at - one.stated_at) >= RECURS_AFTER


def are_told_apart(stored: Article, article: Article) -> bool:
    """Tell whether one source gives two articles different ids, links and days.

    Where neither has a link, their texts must differ: some sources change ids and dates on every fetch.
    """
    if stored.source_id != article.source_id or stored.entry_id == article.entry_id:
        return False
    if None in (stored.entry_id, article.entry_id) or not _are_of_other_days(stored, article):
        return False
    if stored.canonical_url is None and article.canonical_url is None:
        return None not in (stored.stated_at, article.stated_at) and stored.excerpt != article.excerpt
    return None not in (stored.canonical_url, article.canonical_url)


def is_same_place(one: str, other: str) -> bool:
    """Tell whether two canonical URLs are equal, or have the same number of the publisher's own making."""
    if one == other:
        return True
    if "#" in one or "#" in other:  # a place on a page, or a page that a script makes
        return False
    numbers = _find_numbers(one)
    return bool(numbers) and numbers == _find_numbers(other) and host_of(one) == host_of(other)


def _find_numbers(url: str) -> set[str]:
    return {number for number in _NUMBER.findall(url) if not _DAY_NUMBER.fullmatch(number)}


def _are_same_link(known: str | None, stated: str | None) -> bool:
    return known is not None and stated is not None and is_same_place(known, stated)


def has_same_claim(sighting: Sighting, article: Article, key: str) -> bool:
    """Tell whether link, title or date of ``article``, with title ``key``, is as ``sighting`` has it."""
    return (
        _are_same_link(sighting.canonical_url, article.canonical_url)
        or (key != "" and sighting.title_key == key)
        or (sighting.stated_at is not None and sighting.stated_at == article.stated_at)
    )
