"""Addresses: made absolute, freed of tracking, compared. Pure; nothing here raises on any input."""

from aggregator.urls.canonical import (
    MAX_LENGTH,
    absolute_url,
    canonical_url,
    has_public_suffix,
    host_of,
    is_public,
    registrable_domain,
    strip_tracking,
    unescape_ampersands,
    unwrap_amp,
    unwrap_link,
)

__all__ = [
    "MAX_LENGTH",
    "absolute_url",
    "canonical_url",
    "has_public_suffix",
    "host_of",
    "is_public",
    "registrable_domain",
    "strip_tracking",
    "unescape_ampersands",
    "unwrap_amp",
    "unwrap_link",
]
