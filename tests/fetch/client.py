"""Fetching in tests: one event loop and one Fetcher per call, loopback allowed unless told otherwise."""

import asyncio

from aggregator.fetch import FetchLimits, Validators
from aggregator.fetch.feed import Fetcher


def limits(**changes):
    """Return limits that let loopback pass and end soon."""
    return FetchLimits(**{"allow_private_addresses": True, "timeout_s": 10.0, **changes})


def fetch(url, *, within=None, etag=None, last_modified=None, validators_url=None, **asked):
    """Fetch ``url`` in an event loop of its own."""
    validators = Validators(etag, last_modified, validators_url)
    return fetch_with(lambda fetcher: fetcher.get(url, validators=validators, **asked), within=within)


def fetch_with(steps, *, within=None):
    """Run ``steps(fetcher)``, a coroutine, in an event loop of its own."""

    async def run():
        async with Fetcher(within or limits()) as fetcher:
            return await steps(fetcher)

    return asyncio.run(run())


def fetch_all(urls, *, within=None):
    """Fetch every address at the same time; return the results, errors among them."""

    async def steps(fetcher):
        return await asyncio.gather(*(fetcher.get(url) for url in urls), return_exceptions=True)

    return fetch_with(steps, within=within)
