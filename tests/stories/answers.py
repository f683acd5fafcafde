"""Answers to whether two articles tell one story."""

from aggregator.model import StoryAnswer, pair_of
from tests.stories.subjects import START


def said(a, b, kind, turn):
    """Return an answer."""
    one, two = pair_of(a, b)
    return StoryAnswer(
        article_id=one, other_id=two, kind=kind, answered_at=START, answered_by="ada", turn=turn
    )
