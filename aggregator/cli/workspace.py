"""What a command works with: the configuration, and the store opened for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.cli.stores import open_existing_store, open_synced_store
from aggregator.config import Config
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import Store, read_former_sources, read_pauses, read_remembered_sources


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    """The configuration and the store that a command works with."""

    config: Config
    rules: Rules
    store: Store

    def look_at_site(self, now: datetime) -> Site:
        """Return the site as it is then."""
        return Site(rules=self.rules, store=self.store, now=now)


@contextmanager
def open_workspace(config: Config, *, polls: bool = False) -> Iterator[Workspace]:
    """Open the store of ``config`` as ``open_synced_store`` does."""
    with open_synced_store(config, polls=polls) as store:
        yield Workspace(config=config, rules=Rules.of(config, read_former_sources(store)), store=store)


@contextmanager
def open_existing_workspace(config: Config) -> Iterator[Workspace]:
    """Open the store of ``config`` as it is; raises StoreError where there is none."""
    with open_existing_store(config) as store:
        yield Workspace(config=config, rules=Rules.of(config, read_remembered_sources(store)), store=store)


def list_service_waits(store: Store, now: datetime) -> dict[str, timedelta]:
    """Return for how long from ``now`` each service that answered 429 is to be left alone."""
    return {service: until_at - now for service, (until_at, _) in read_pauses(store, now).items()}
