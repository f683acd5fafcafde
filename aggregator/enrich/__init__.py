"""What is found out about an article beyond its entry; pure, everything fetched is handed in.

``images``, ``logos`` and ``page`` are imported by their own names, as they bring libraries for pictures and
for HTML.
"""

from aggregator.enrich.amp import (
    AmpCandidate,
    amp_cache_url,
    amp_candidates,
    amp_refusal,
    article_path_of,
    at_own_address,
)
from aggregator.enrich.monogram import is_monogram, monogram
from aggregator.enrich.naming import SHARED, NameUse, choose_name, clean_site_name
from aggregator.enrich.provider import ProviderRegistry

__all__ = [
    "SHARED",
    "AmpCandidate",
    "NameUse",
    "ProviderRegistry",
    "amp_cache_url",
    "amp_candidates",
    "amp_refusal",
    "article_path_of",
    "at_own_address",
    "choose_name",
    "clean_site_name",
    "is_monogram",
    "monogram",
]
