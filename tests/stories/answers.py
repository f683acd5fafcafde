"""Answers to whether two articles tell one story."""

from aggregator.model import StoryAnswer, StoryQuestion, pair_of
from aggregator.stories.truth import name_stratum
from tests.stories.subjects import START


def said(a, b, kind, turn):
    """Return an answer."""
    one, two = pair_of(a, b)
    return StoryAnswer(
        article_id=one, other_id=two, kind=kind, answered_at=START, answered_by="ada", turn=turn
    )


def make_question(name, *, is_together, drawn_at):
    """Return a question about two articles that are gone."""
    return StoryQuestion(
        article_id=f"a-{name}", other_id=f"b-{name}", topic="", drawn_at=drawn_at, weight=1.0, likeness=0.5,
        stratum=name_stratum(0.5, is_together=is_together), is_together=is_together,
        provider="a.example", other_provider="b.example",
    )  # fmt: skip
