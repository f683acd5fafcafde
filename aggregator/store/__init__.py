"""What is kept: sources and how their polls went, articles, and where each was seen."""

from aggregator.store.lock import hold_store
from aggregator.store.records import keep_secured, record_names, secured_of
from aggregator.store.store import SourceCounts, Store, open_store

__all__ = ["SourceCounts", "Store", "hold_store", "keep_secured", "open_store", "record_names", "secured_of"]
