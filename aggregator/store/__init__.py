"""What is kept: sources and how their polls went, articles, and where each was seen."""

from aggregator.store.enriching import articles_to_enrich, save_enriched
from aggregator.store.examining import note_examined, sources_to_examine
from aggregator.store.lock import hold_store
from aggregator.store.pictures import (
    Logo,
    Picture,
    cached_bytes,
    evict_pictures,
    forget_pictures,
    keep_logos,
    keep_pictures,
    logos_of,
    note_uses,
    pictures_at,
    revise_articles,
    shared_files,
)
from aggregator.store.records import keep_secured, record_names, secured_of
from aggregator.store.store import SourceCounts, Store, open_store

__all__ = [
    "Logo",
    "Picture",
    "SourceCounts",
    "Store",
    "articles_to_enrich",
    "cached_bytes",
    "evict_pictures",
    "forget_pictures",
    "hold_store",
    "keep_logos",
    "keep_pictures",
    "keep_secured",
    "logos_of",
    "note_examined",
    "note_uses",
    "open_store",
    "pictures_at",
    "record_names",
    "revise_articles",
    "save_enriched",
    "secured_of",
    "shared_files",
    "sources_to_examine",
]
