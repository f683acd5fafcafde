"""The store that a command works with: made where a command writes to it, never where it only reads."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from aggregator.cli.options import clock
from aggregator.config import Config, Settings
from aggregator.errors import StoreError
from aggregator.model import SourceState
from aggregator.publish.files import holds_feeds
from aggregator.store import (
    Store,
    find_sqlite_file,
    open_store,
    read_remembered_sources,
    read_source_states,
    refuse_emptied,
    sync_sources,
)


def open_site_store(settings: Settings) -> Store:
    """Open the store of a site; raises StoreError, also where its database was emptied."""
    refuse_emptied_site(settings)
    return open_store(settings.database_url)


def refuse_emptied_site(settings: Settings) -> None:
    """Raise StoreError where the database of a site was emptied beside its published tree."""
    tree = Path(settings.storage.feeds_dir)
    if holds_feeds(tree):
        refuse_emptied(settings.database_url, tree=tree)


@contextmanager
def open_synced_store(config: Config, *, polls: bool = False) -> Iterator[Store]:
    """Open the store of ``config``, made where there is none, and let it know of the configured sources.

    ``polls``: the command polls, so failing sources whose requests look different now are due at once.
    """
    asked_as = config.settings.asked_as if polls else None
    with open_site_store(config.settings) as store:
        sync_sources(store, config.sources, now=clock(), asked_as=asked_as)
        yield store


@contextmanager
def open_existing_store(config: Config) -> Iterator[Store]:
    """Open the store of ``config`` as it is; raises StoreError where there is none, or none any more."""
    missing = missing_store_file(config)
    if missing is not None:
        refuse_emptied_site(config.settings)
        raise StoreError(f"no store at {missing}: `aggregator poll` or `aggregator run` makes it")
    with open_site_store(config.settings) as store:
        yield store


def missing_store_file(config: Config) -> Path | None:
    """Return the file of the store where it is still to be made, None where it is there."""
    file = find_sqlite_file(config.settings.database_url)
    return None if file is None or file.exists() else file


def configured_states(config: Config, store: Store, now: datetime) -> Mapping[str, SourceState]:
    """Return the state of each configured source; one that is new or has another address is due ``now``."""
    states, remembered = read_source_states(store), read_remembered_sources(store)
    return {
        source.id: states[source.id]
        if source.id in states and remembered[source.id].url == source.url
        else SourceState(source_id=source.id, next_poll_at=now)
        for source in config.sources
    }
