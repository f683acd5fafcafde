"""Addresses that change although nothing else does: sessions, tokens, http in turn with https. Pure.

An article's address may change once: the new one is taken. An address that differs only in a token, or
changes again within ``ROTATES_WITHIN`` while the entry says what it said, rotates: the stored one is kept.
The same holds for pictures.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import zip_longest
from urllib.parse import SplitResult, urlsplit

from aggregator.model import Article, Image, Sighting
from aggregator.model.clock_skew import has_elapsed
from aggregator.text import title_key
from aggregator.urls import canonical_url
from aggregator.urls.paper_versions import is_newer_version

ROTATES_WITHIN = timedelta(days=3)
_NOTED_AGAIN_AFTER = timedelta(days=1)
_SAYS = ("title", "excerpt", "featured_content", "type", "authors", "credit")
_TOKEN = re.compile(
    r"(?=[^/]*\d)(?:[a-z]{1,3}\d{1,4}|(?=[^/]*[a-z])[\w.~=%-]{10,}|\d{13,})|\(\w\([0-9a-z]+\)\)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[a-z]{2,}[-_][a-z]{2,}[-_]", re.IGNORECASE)
_SESSION = re.compile(
    r"(?:j|php|asp)?sess(?:ion)?(?:_?id)?|sid|s_?id|cfid|cftoken|oaid|\w{0,20}token|\w{0,20}sig(?:nature)?"
    r"|expires?|ts|_?t|time(?:stamp)?|rnd|rand(?:om)?|nonce|nocache|cb|_|hash|ck|auth|ticket|visit(?:or)?(?:_?id)?",
    re.IGNORECASE,
)


def settle_addresses(
    stored: Article, seen: Article, before: Sighting, now: datetime
) -> tuple[Article, datetime | None]:
    """Return ``seen`` with the addresses of ``stored`` where they rotate, and when they last moved.

    None: never, as far as is known. ``before`` is how the entry last stood at its source; only a move without
    other changes counts.
    """
    settled, has_moved = seen, False
    one, other = before.canonical_url, seen.canonical_url
    if one == other or (one and other and _differ_in_token(one, other)):
        settled = _keep_link(settled, stored, before)
    else:
        has_moved = None not in (one, other)
    if seen.images and stored.images and not _are_same_pictures(stored.images, seen.images):
        if _rotate(stored.images, seen.images):
            settled = replace(settled, images=stored.images)
        else:
            has_moved = True
    if not has_moved or not _says_the_same(stored, seen):
        return settled, before.moved_at
    if before.moved_at is None or has_elapsed(ROTATES_WITHIN, since=before.moved_at, now=now):
        return settled, now
    kept = replace(_keep_link(settled, stored, before), images=stored.images or seen.images)
    return kept, now if now - before.moved_at > _NOTED_AGAIN_AFTER else before.moved_at


def is_same_address(one: str | None, other: str | None) -> bool:
    """Tell whether two addresses are one to readers."""
    return one == other or (
        one is not None and other is not None and canonical_url(one) == canonical_url(other)
    )


def strip_addresses(images: Sequence[Image]) -> list[str]:
    """Return addresses of pictures without scheme and query: publishers sign them for every request."""
    return [image.url.partition("?")[0].partition("://")[2] for image in images]


def _keep_link(seen: Article, stored: Article, before: Sighting) -> Article:
    """Return ``seen`` with the stored link, unless its own is better: https than http, v2 than v1."""
    one, other = stored.web_url or "", seen.web_url or ""
    is_better = before.canonical_url == seen.canonical_url and (
        _is_secured(one, other) or is_newer_version(other, one)
    )
    if is_better and is_same_address(stored.web_url, seen.web_url):
        return seen
    return replace(
        seen, canonical_url=before.canonical_url, web_url=stored.web_url, original_url=stored.original_url
    )


def _is_secured(one: str, other: str) -> bool:
    return one.startswith("http://") and other.startswith("https://")


def _says_the_same(stored: Article, seen: Article) -> bool:
    return all(getattr(seen, name) in (None, (), "", getattr(stored, name)) for name in _SAYS)


def has_same_title_and_date(before: Sighting, seen: Article) -> bool:
    """Tell whether an entry has the title and the date that it had."""
    return before.title_key == title_key(seen.title) and before.stated_at == seen.stated_at


def _are_same_pictures(stored: Sequence[Image], seen: Sequence[Image]) -> bool:
    return strip_addresses(stored) == strip_addresses(seen)


def _rotate(stored: Sequence[Image], seen: Sequence[Image]) -> bool:
    pairs = zip_longest((image.url for image in stored), (image.url for image in seen), fillvalue="")
    return all(is_same_address(one, other) or _differ_in_token(one, other) for one, other in pairs)


def _differ_in_token(one: str, other: str) -> bool:
    """Tell whether two addresses differ only in what is made anew for each visit."""
    try:
        first, second = urlsplit(one), urlsplit(other)
    except ValueError:
        return False
    return first.netloc == second.netloc and _paths_agree(first, second) and _queries_agree(first, second)


def _paths_agree(first: SplitResult, second: SplitResult) -> bool:
    one, other = (_split_segments(parts.path) for parts in (first, second))
    return len(one) == len(other) and all(
        a == b or (_is_token(a) and _is_token(b)) for a, b in zip(one, other, strict=True)
    )


def _split_segments(path: str) -> list[str]:
    return [segment.partition(";")[0] for segment in path.split("/")]


def _is_token(value: str) -> bool:
    return _TOKEN.fullmatch(value) is not None and not _WORDS.search(value)


def _queries_agree(first: SplitResult, second: SplitResult) -> bool:
    one, other = (set(parts.query.split("&")) - {""} for parts in (first, second))
    changed = [pair.partition("=") for pair in one ^ other]
    return all(
        _SESSION.fullmatch(name) or (len(value) > 15 and _is_token(value)) for name, _, value in changed
    )
