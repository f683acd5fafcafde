"""Which topics an article belongs to, how good it is, and how hot. Pure."""

from aggregator.curate.heat import (
    OUT_OF_PLAY,
    cool_down,
    find_measuring,
    find_next_cooling,
    find_next_measuring,
    measure_heat,
    measure_warmth,
)
from aggregator.curate.missing_points import explain_missing_points
from aggregator.curate.score import IN_TITLE, LONG_EXCERPT, score_article
from aggregator.curate.topics import Matcher, TopicMatch, combine_matches
from aggregator.curate.unpublished_reasons import FeedReach, explain_unpublished

__all__ = [
    "IN_TITLE",
    "LONG_EXCERPT",
    "OUT_OF_PLAY",
    "FeedReach",
    "Matcher",
    "TopicMatch",
    "combine_matches",
    "cool_down",
    "explain_missing_points",
    "explain_unpublished",
    "find_measuring",
    "find_next_cooling",
    "find_next_measuring",
    "measure_heat",
    "measure_warmth",
    "score_article",
]
