"""One HTTP exchange at a time: the only home of httpx and aiohttp, and what its end means."""

from aggregator.fetch.exchange import FEED_ACCEPT, Fetched, FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.form import FormPoster
from aggregator.fetch.guard import is_public_address
from aggregator.fetch.outcome import Intervals, after_failure, after_success, note_redirect
from aggregator.fetch.pages import PageFetcher
from aggregator.fetch.validators import are_frozen, note_answer, quiet_since, sent_validators

__all__ = [
    "FEED_ACCEPT",
    "FetchLimits",
    "Fetched",
    "Fetcher",
    "FormPoster",
    "Intervals",
    "PageFetcher",
    "after_failure",
    "after_success",
    "are_frozen",
    "is_public_address",
    "note_answer",
    "note_redirect",
    "quiet_since",
    "sent_validators",
]
