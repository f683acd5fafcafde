"""What is found out about an article beyond its entry; pure, everything fetched is handed in.

``images`` and ``logos`` are imported by their own names, as they bring a library for pictures.
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
from aggregator.enrich.page import canonical_of, fill_from_page
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
    "canonical_of",
    "choose_name",
    "clean_site_name",
    "fill_from_page",
    "is_monogram",
    "monogram",
]
