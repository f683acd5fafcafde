"""One HTTP exchange at a time: the only home of httpx and aiohttp."""

from aggregator.fetch.exchange import FEED_ACCEPT, Fetched, FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.guard import is_public_address

__all__ = ["FEED_ACCEPT", "FetchLimits", "Fetched", "Fetcher", "is_public_address"]
