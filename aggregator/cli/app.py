"""What the verbs share: the application, its options, and opening what a command works with."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import structlog
import typer

from aggregator.config import Config, Settings, load_config
from aggregator.fetch import Fetcher, FetchLimits, PageFetcher
from aggregator.pipeline import Receiver
from aggregator.rules import Rules
from aggregator.store import Store, open_store

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Poll source feeds, keep article records, and publish curated feeds per topic.",
    epilog="Exit codes: 0 it worked, 1 it did not, 2 wrong usage, 3 another run holds the store, "
    "130 interrupted.",
)

ConfigFolder = Annotated[
    Path, typer.Option("--config", metavar="DIR", help="Folder of the four configuration files.")
]
DEFAULT_CONFIG = Path("config")


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The configuration and the store that a command works with."""

    config: Config
    rules: Rules
    store: Store


def clock() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def read_config(folder: Path) -> Config:
    """Return the configuration in ``folder``; raises ConfigError with every problem."""
    return load_config(folder, os.environ)


@contextmanager
def opened(config: Config) -> Iterator[Opened]:
    """Open the store of ``config``, and let it know of the configured sources."""
    with open_store(config.settings.database_url) as store:
        store.sync_sources(config.sources, now=clock())
        yield Opened(config=config, rules=Rules.of(config, store.remembered_sources()), store=store)


def fetch_limits(settings: Settings) -> FetchLimits:
    """Return the limits of every fetch, as the settings have them."""
    return FetchLimits(**{**settings.fetch.model_dump(), "user_agent": settings.user_agent})


def waits_of(store: Store) -> dict[str, timedelta]:
    """Return for how long each service that answered 429 is to be left alone."""
    now = clock()
    return {service: until_at - now for service, (until_at, _) in store.holds(now).items()}


def page_fetcher(settings: Settings, beside: Fetcher | None = None) -> PageFetcher:
    """Return what fetches article pages: with the limits of feeds, but one at a time a host.

    ``beside`` is what fetches the feeds.
    """
    limits = replace(fetch_limits(settings), concurrency=settings.enrich.concurrency, per_host=1)
    return PageFetcher(
        limits,
        host_delay_s=settings.enrich.host_delay_s,
        robot="aggregator",
        beside=beside,
        retry_after_cap=timedelta(days=settings.polling.retry_after_cap_days),
    )


def receiver(settings: Settings, store: Store) -> Receiver:
    """Return what decides about what hubs push; as long as a document, a push is taken."""
    return Receiver(
        store=store,
        clock=clock,
        lease=timedelta(days=settings.websub.lease_days),
        max_body_bytes=settings.fetch.max_body_bytes,
    )


def log_to_stderr(level: int = logging.INFO) -> None:
    """Write events of at least ``level`` to standard error, a line each."""
    renderer = (
        structlog.dev.ConsoleRenderer(pad_event_to=0)
        if sys.stderr.isatty()
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    # It tells of every tick that finds the one before still at work, which is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
