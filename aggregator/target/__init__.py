"""Where the published tree is uploaded to: an object store, which holds a copy of it."""

from aggregator.target.object_store import ObjectStore, StoredObject, open_object_store

__all__ = ["ObjectStore", "StoredObject", "open_object_store"]
