"""One HTTP exchange at a time: the only home of httpx and aiohttp, and what its end means.

What asks (``feed``, ``form``, ``pages``) and ``decode`` are imported by their own names, as they bring
libraries that most commands do not use.
"""

from aggregator.fetch.clues import (
    common_addresses,
    is_comment_feed,
    secure_address,
    site_pages,
    typed_addresses,
)
from aggregator.fetch.exchange import FEED_ACCEPT, Fetched, FetchLimits
from aggregator.fetch.explaining import explain_poll
from aggregator.fetch.guard import is_public_address
from aggregator.fetch.moves import (
    is_same_feed,
    needs_proof,
    note_proof,
    note_redirect,
    note_unchanged,
    propose_redirect,
    told_moves,
)
from aggregator.fetch.outcome import after_failure, after_success, longest_wait, note_document, note_freshness
from aggregator.fetch.plan import Intervals
from aggregator.fetch.politeness import Politeness, count_poll, politeness_of, total_of
from aggregator.fetch.standing import standing_of
from aggregator.fetch.validators import are_frozen, note_answer, quiet_since, sent_validators

__all__ = [
    "FEED_ACCEPT",
    "FetchLimits",
    "Fetched",
    "Intervals",
    "Politeness",
    "after_failure",
    "after_success",
    "are_frozen",
    "common_addresses",
    "count_poll",
    "explain_poll",
    "is_comment_feed",
    "is_public_address",
    "is_same_feed",
    "longest_wait",
    "needs_proof",
    "note_answer",
    "note_document",
    "note_freshness",
    "note_proof",
    "note_redirect",
    "note_unchanged",
    "politeness_of",
    "propose_redirect",
    "quiet_since",
    "secure_address",
    "sent_validators",
    "site_pages",
    "standing_of",
    "told_moves",
    "total_of",
    "typed_addresses",
]
