"""What is found out about an article beyond its entry; pure, everything fetched is handed in."""

from aggregator.enrich.amp import (
    AmpCandidate,
    amp_cache_url,
    amp_candidates,
    amp_refusal,
    article_path_of,
    at_own_address,
)
from aggregator.enrich.images import (
    FIRST_BYTES,
    ImageRefused,
    Recoded,
    Size,
    checked_size,
    hash_of,
    image_size,
    recode,
)
from aggregator.enrich.logos import LOGO_SIDES, logo_files
from aggregator.enrich.monogram import is_monogram, monogram
from aggregator.enrich.naming import SHARED, NameUse, choose_name, clean_site_name
from aggregator.enrich.page import canonical_of, fill_from_page
from aggregator.enrich.provider import ProviderRegistry

__all__ = [
    "FIRST_BYTES",
    "LOGO_SIDES",
    "SHARED",
    "AmpCandidate",
    "ImageRefused",
    "NameUse",
    "ProviderRegistry",
    "Recoded",
    "Size",
    "amp_cache_url",
    "amp_candidates",
    "amp_refusal",
    "article_path_of",
    "at_own_address",
    "canonical_of",
    "checked_size",
    "choose_name",
    "clean_site_name",
    "fill_from_page",
    "hash_of",
    "image_size",
    "is_monogram",
    "logo_files",
    "monogram",
    "recode",
]
