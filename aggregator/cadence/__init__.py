"""When to visit a source: what its publisher wants, how it stands, and where it moved. Pure."""

from aggregator.cadence.candidate_urls import (
    common_addresses,
    is_comment_feed,
    secure_address,
    site_pages,
    typed_addresses,
)
from aggregator.cadence.explanation import explain_poll
from aggregator.cadence.moves import (
    is_same_feed,
    needs_proof,
    note_proof,
    note_redirect,
    note_unchanged,
    propose_redirect,
    told_moves,
)
from aggregator.cadence.outcome import (
    after_failure,
    after_success,
    longest_wait,
    note_document,
    note_freshness,
)
from aggregator.cadence.plan import Intervals
from aggregator.cadence.politeness import Politeness, count_poll, politeness_of, total_of
from aggregator.cadence.source_health import standing_of
from aggregator.cadence.validators import are_frozen, note_answer, quiet_since, sent_validators

__all__ = [
    "Intervals",
    "Politeness",
    "after_failure",
    "after_success",
    "are_frozen",
    "common_addresses",
    "count_poll",
    "explain_poll",
    "is_comment_feed",
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
