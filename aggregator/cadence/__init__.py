"""When to visit a source: what its publisher wants, whether it is well, and where it moved. Pure.

plan            when to poll next: the source's rhythm, the publisher's wishes, the operator's bounds
rhythm          how often a source posts, and in which hours
silence         from when on a source, or a topic, is silent for longer than is usual for it
freshness       for how long an answer says that it stays fresh
outcome         what success, failure and 429 mean for the next poll, and whom a 429 pauses
source_health   whether a source is well, failing or gone
validators      which ETag and Last-Modified to send, and whether they can be trusted
moves           permanent redirects: seen, proved, proposed to the operator
disappearance   which articles disappeared at their source
page_checks     when the pages of these are asked for, and what that means
candidate_urls  addresses at which a lost feed may be
politeness      what polling costs the publisher, day by day
explanation     all of this in words for the operator

Nothing here fetches, stores or looks at a clock: states and times come in, states go out.
"""

from aggregator.cadence.candidate_urls import (
    common_addresses,
    interpret_address,
    is_comment_feed,
    plain_address,
    secure_address,
    site_pages,
)
from aggregator.cadence.disappearance import (
    MissingEntry,
    count_believed,
    find_deleted,
    find_missing,
    judge_disappearances,
)
from aggregator.cadence.explanation import explain_poll
from aggregator.cadence.moves import (
    describe_move,
    is_same_feed,
    may_be_proved,
    needs_proof,
    note_proof,
    note_redirect,
    note_unchanged,
    propose_redirect,
)
from aggregator.cadence.outcome import (
    longest_wait,
    note_document,
    note_failure,
    note_freshness,
    note_success,
)
from aggregator.cadence.page_checks import (
    explain_disappearance,
    make_page_gone,
    note_page,
    put_off,
)
from aggregator.cadence.plan import Intervals
from aggregator.cadence.politeness import Politeness, count_poll, politeness_of, total_of
from aggregator.cadence.rhythm import count_entries_a_day, find_rhythm, newest_post_at, note_posts
from aggregator.cadence.silence import find_silence
from aggregator.cadence.source_health import health_of
from aggregator.cadence.validators import are_validators_frozen, choose_validators, note_answer, seen_until

__all__ = [
    "Intervals",
    "MissingEntry",
    "Politeness",
    "are_validators_frozen",
    "choose_validators",
    "common_addresses",
    "count_believed",
    "count_entries_a_day",
    "count_poll",
    "describe_move",
    "explain_disappearance",
    "explain_poll",
    "find_deleted",
    "find_missing",
    "find_rhythm",
    "find_silence",
    "health_of",
    "interpret_address",
    "is_comment_feed",
    "is_same_feed",
    "judge_disappearances",
    "longest_wait",
    "make_page_gone",
    "may_be_proved",
    "needs_proof",
    "newest_post_at",
    "note_answer",
    "note_document",
    "note_failure",
    "note_freshness",
    "note_page",
    "note_posts",
    "note_proof",
    "note_redirect",
    "note_success",
    "note_unchanged",
    "plain_address",
    "politeness_of",
    "propose_redirect",
    "put_off",
    "secure_address",
    "seen_until",
    "site_pages",
    "total_of",
]
