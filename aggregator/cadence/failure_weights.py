"""How much a failure counts, by its kind: a time-out is not a 404; pure.

                    back-off: the interval is doubled by    failing for long, of ``POINTS``
no answer           every second failure in a row           half a point
trouble             each failure                            one point
mistaken            each failure                            two points

no answer   the name server, the host or the network did not answer, the connection was refused or lost, or
            it took too long: mostly it passes by itself
mistaken    the address, or what we send there, is not right any more: a name without an address, no feed, a
            4xx but 408, 425 and 429; somebody has to do something
trouble     everything else: a 5xx, TLS that fails, a document that is too large or broken
"""

from dataclasses import dataclass

from aggregator.errors import AggregatorError, FetchError, FetchTimeout, HttpStatusError, ParseError

POINTS = 8
_PASSING_STATUSES = frozenset({408, 425, 429})


@dataclass(frozen=True, kw_only=True, slots=True)
class FailureWeight:
    """How often one failure doubles the interval, and its points."""

    doublings: float
    points: float


NO_ANSWER = FailureWeight(doublings=0.5, points=0.5)
TROUBLE = FailureWeight(doublings=1, points=1)
MISTAKEN = FailureWeight(doublings=1, points=2)


def weigh_failure(error: AggregatorError) -> FailureWeight:
    """Return how much a failure counts that ended in ``error``."""
    match error:
        case HttpStatusError():
            is_mistaken = 400 <= error.status < 500 and error.status not in _PASSING_STATUSES
            return MISTAKEN if is_mistaken else TROUBLE
        case ParseError():
            return MISTAKEN
        case FetchTimeout():
            return NO_ANSWER
        case FetchError():
            return _weigh_trouble(error)
    return TROUBLE


def _weigh_trouble(error: FetchError) -> FailureWeight:
    if error.trouble == "no_name":
        return MISTAKEN
    return NO_ANSWER if error.trouble in {"silent", "refused", "lost", "slow"} else TROUBLE
