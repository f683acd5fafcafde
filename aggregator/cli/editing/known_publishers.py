"""The publishers of stored articles, for clauses that may misspell one."""

from collections.abc import Collection

from aggregator.cli.stores import missing_store_file, open_existing_store
from aggregator.config import Config
from aggregator.config.checks.clause_doubts import NO_PUBLISHERS, StoredPublishers
from aggregator.errors import StoreError
from aggregator.store import Store, list_publisher_domains, list_publisher_names


def list_known_publishers(config: Config) -> StoredPublishers:
    """Return the publishers that have an article; none where no rule asks, or without a store."""
    fields = [
        field
        for field in ("provider.domain", "provider.name")
        if any(field in clause for rule in config.rules for clause in rule.when)
    ]
    if not fields or missing_store_file(config) is not None:  # nothing was polled yet
        return NO_PUBLISHERS
    try:
        with open_existing_store(config) as store:
            return read_known_publishers(store, fields)
    except StoreError:  # who opens it for more says so
        return NO_PUBLISHERS


def read_known_publishers(store: Store, fields: Collection[str]) -> StoredPublishers:
    """Return of the publishers that have an article what ``fields`` of clauses ask for."""
    return StoredPublishers(
        domains=list_publisher_domains(store) if "provider.domain" in fields else (),
        names=list_publisher_names(store) if "provider.name" in fields else (),
    )
