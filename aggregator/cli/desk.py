"""What a command works with: the configuration, and the store opened for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from aggregator.cli.options import clock
from aggregator.cli.stored import existing_store, opened_store
from aggregator.config import Config
from aggregator.rules import Rules
from aggregator.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The configuration and the store that a command works with."""

    config: Config
    rules: Rules
    store: Store


@contextmanager
def opened(config: Config, *, polls: bool = False) -> Iterator[Opened]:
    """Open the store of ``config``, made where there is none, and let it know of the configured sources.

    ``polls`` as for ``opened_store``.
    """
    with opened_store(config, polls=polls) as store:
        yield Opened(config=config, rules=Rules.of(config, store.remembered_sources()), store=store)


@contextmanager
def opened_to_read(config: Config) -> Iterator[Opened]:
    """Open the store of ``config`` as it is; raises StoreError where there is none."""
    with existing_store(config) as store:
        yield Opened(config=config, rules=Rules.of(config, store.remembered_sources()), store=store)


def waits_of(store: Store) -> dict[str, timedelta]:
    """Return for how long each service that answered 429 is to be left alone."""
    now = clock()
    return {service: until_at - now for service, (until_at, _) in store.pauses(now).items()}
