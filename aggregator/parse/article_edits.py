"""Changes that a known entry makes to its article: edits, or gaps filled. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from aggregator.model import Article, Sighting
from aggregator.model.curation import forget_rules
from aggregator.parse.identity.rotating_urls import is_same_address, strip_addresses
from aggregator.text import title_key

_EDITABLE = (
    "title", "excerpt", "original_url", "web_url", "amp_url", "type", "featured_content", "images",
    "enclosures", "authors", "language", "credit",
)  # fmt: skip
_GAPS = ("excerpt", "images", "authors", "language", "amp_url")
_VISIBLE = ("title", "excerpt", "type", "featured_content", "authors")
_ADDRESSES = ("web_url", "amp_url")


def edit_article(stored: Article, seen: Article, *, now: datetime) -> Article:
    """Return ``stored`` with what ``seen`` states; its id, dates of first sight and provider stay.

    What the source no longer states is kept. ``updated_at`` moves to ``now`` only where a reader
    would see the difference.
    """
    says = {name: getattr(seen, name) for name in _EDITABLE if getattr(seen, name)}
    if seen.type == "video":
        says["web_url"] = None
    plain = forget_rules(stored)
    edited = _apply_changes(plain, says, seen.origins, now)
    return stored if edited is plain else edited


def fill_article(stored: Article, seen: Article, *, now: datetime) -> Article:
    """Return ``stored`` with its gaps filled from ``seen``, as another source gives it."""
    gaps = {name: getattr(seen, name) for name in _GAPS if not getattr(stored, name)}
    return _apply_changes(stored, {k: v for k, v in gaps.items() if v}, seen.origins, now)


def make_sighting(
    article: Article, article_id: str, *, digest: str | None = None, moved_at: datetime | None = None
) -> Sighting:
    """Return how ``article``, which is stored as ``article_id``, stands at its source."""
    return Sighting(
        source_id=article.source_id,
        article_id=article_id,
        entry_id=article.entry_id,
        canonical_url=article.canonical_url,
        title_key=title_key(article.title),
        stated_at=article.stated_at,
        digest=digest or digest_article(article),
        first_seen_at=article.first_seen_at,
        moved_at=moved_at,
    )


def _apply_changes(
    stored: Article, values: Mapping[str, object], origins: Mapping[str, str], now: datetime
) -> Article:
    edited = replace(stored, **values)  # type: ignore[arg-type]  # names and values come from an Article
    if edited == stored:
        return stored
    changed = {name: origins[name] for name in values if name in origins}
    return replace(
        edited,
        origins={**stored.origins, **changed},
        updated_at=now if _is_visible_change(stored, edited) else stored.updated_at,
    )


def _is_visible_change(before: Article, after: Article) -> bool:
    if any(getattr(before, name) != getattr(after, name) for name in _VISIBLE):
        return True
    if not all(is_same_address(getattr(before, name), getattr(after, name)) for name in _ADDRESSES):
        return True
    return strip_addresses(before.images) != strip_addresses(after.images)


def digest_article(article: Article) -> str:
    """Return a digest of what an entry states, which changes with it."""
    said = [repr(getattr(article, name)) for name in (*_EDITABLE, "entry_id", "canonical_url", "stated_at")]
    return hashlib.blake2b("\x1f".join(said).encode("utf-8", "replace"), digest_size=16).hexdigest()
