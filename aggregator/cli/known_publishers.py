"""The publishers of stored articles, for clauses that may misspell one."""

from aggregator.cli.stores import missing_store_file, open_existing_store
from aggregator.config import Config
from aggregator.errors import StoreError
from aggregator.store import list_publisher_domains


def list_known_publishers(config: Config) -> tuple[str, ...]:
    """Return the domains of publishers that have an article; none where no rule asks, or without a store."""
    if not any("provider.domain" in clause for rule in config.rules for clause in rule.when):
        return ()
    if missing_store_file(config) is not None:  # nothing was polled yet
        return ()
    try:
        with open_existing_store(config) as store:
            return list_publisher_domains(store)
    except StoreError:  # who opens it for more says so
        return ()
