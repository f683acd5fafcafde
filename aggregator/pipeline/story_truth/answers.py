"""The answers to questions that were drawn at random."""

from datetime import datetime

from aggregator.model import AnswerKind, Stratum
from aggregator.store import Store, read_answers, read_questions
from aggregator.stories.truth import AnsweredPair

ASKED_DAYS = 30
"""Answers of so many days are what the truth is measured by."""


def read_answered(
    store: Store, *, since: datetime, topic: str
) -> tuple[tuple[AnsweredPair, ...], tuple[Stratum, ...], int]:
    """Return questions drawn since then with their answers, their strata, and how many were skipped.

    What was said of two articles that nobody had drawn tells nothing of the others, and is not among them.
    """
    questions, strata = read_questions(store, since=since, topic=topic)
    kinds = {(answer.article_id, answer.other_id): answer.kind for answer in read_answers(store)}
    answered = [
        AnsweredPair(question, kinds[question.article_id, question.other_id])
        for question in questions
        if (question.article_id, question.other_id) in kinds
    ]
    told = tuple(pair for pair in answered if pair.kind is not AnswerKind.SKIP)
    return told, strata, len(answered) - len(told)
