"""What is found out about an article beyond its entry; pure, everything fetched is handed in."""

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
from aggregator.enrich.monogram import monogram
from aggregator.enrich.provider import ProviderRegistry, clean_site_name

__all__ = [
    "FIRST_BYTES",
    "LOGO_SIDES",
    "ImageRefused",
    "ProviderRegistry",
    "Recoded",
    "Size",
    "checked_size",
    "clean_site_name",
    "hash_of",
    "image_size",
    "logo_files",
    "monogram",
    "recode",
]
