"""What is found out about an article beyond its entry; pure, everything fetched is handed in.

``images``, ``logos`` and ``page`` are imported by their own names, as they bring libraries for pictures and
for HTML.
"""

from aggregator.enrich.amp import (
    AmpCandidate,
    find_amp_refusal,
    find_article_path,
    list_amp_candidates,
    make_amp_cache_url,
    set_own_address,
)
from aggregator.enrich.monogram import draw_monogram, is_monogram
from aggregator.enrich.provider import ProviderRegistry
from aggregator.enrich.site_names import SHARED_DOMAINS, NameUse, choose_name, clean_site_name

__all__ = [
    "SHARED_DOMAINS",
    "AmpCandidate",
    "NameUse",
    "ProviderRegistry",
    "choose_name",
    "clean_site_name",
    "draw_monogram",
    "find_amp_refusal",
    "find_article_path",
    "is_monogram",
    "list_amp_candidates",
    "make_amp_cache_url",
    "set_own_address",
]
