"""Which topics an article belongs to, how good it is, how hot, and what a feed holds. Pure."""

from aggregator.curate.heat import heat_of
from aggregator.curate.score import IN_TITLE, LONG_EXCERPT, score_article
from aggregator.curate.topics import Matcher, TopicMatch, combine_matches
from aggregator.curate.unpublished_reasons import FeedReach, explain_unpublished
from aggregator.curate.window import select_window

__all__ = [
    "IN_TITLE",
    "LONG_EXCERPT",
    "FeedReach",
    "Matcher",
    "TopicMatch",
    "combine_matches",
    "explain_unpublished",
    "heat_of",
    "score_article",
    "select_window",
]
