"""One HTTP exchange at a time: the only home of httpx and aiohttp.

What asks (``feed``, ``form``, ``pages``) and ``decode`` are imported by their own names, as they bring
libraries that most commands do not use.
"""

from aggregator.fetch.exchange import FEED_ACCEPT, FetchLimits, Validators
from aggregator.fetch.guard import is_public_address

__all__ = ["FEED_ACCEPT", "FetchLimits", "Validators", "is_public_address"]
