"""The fetchers of commands, with the limits that the settings give."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from aggregator.config import Settings
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.fetch.proxies import choose_proxies


def fetch_limits(settings: Settings) -> FetchLimits:
    """Return the limits of every fetch by the settings; raises AggregatorError for a proxy that is none."""
    keys = settings.fetch.model_dump(exclude={"proxy", "proxy_from_environment"})
    environ = os.environ if settings.fetch.proxy_from_environment else None
    proxies = choose_proxies(settings.fetch.proxy, environ)
    return FetchLimits(**{**keys, "user_agent": settings.user_agent, "proxies": proxies})


def make_page_fetcher(settings: Settings, sibling: Fetcher | None = None) -> PageFetcher:
    """Return what fetches article pages: with the limits of feeds, but one at a time a host.

    ``sibling`` is what fetches the feeds.
    """
    limits = replace(fetch_limits(settings), concurrency=settings.enrich.concurrency, per_host=1)
    return PageFetcher(
        limits,
        host_delay_s=settings.enrich.host_delay_s,
        robot=settings.robot,
        sibling=sibling,
        retry_after_cap=timedelta(days=settings.polling.retry_after_cap_days),
    )


@asynccontextmanager
async def open_fetchers(settings: Settings) -> AsyncIterator[tuple[Fetcher, PageFetcher]]:
    """Open what fetches feeds, and what fetches pages beside it."""
    async with Fetcher(fetch_limits(settings)) as fetcher, make_page_fetcher(settings, fetcher) as pages:
        yield fetcher, pages
