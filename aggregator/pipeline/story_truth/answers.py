"""The answers to questions that were drawn at random."""

from datetime import datetime
from typing import NamedTuple

from aggregator.model import AnswerKind, Stratum
from aggregator.store import Store, read_answers, read_questions
from aggregator.stories.truth import AnsweredPair

ASKED_DAYS = 30
"""Answers of so many days are what the truth is measured by."""


class AnsweredQuestions(NamedTuple):
    """Questions with their answers, the strata that they were drawn from, and how many were skipped."""

    pairs: tuple[AnsweredPair, ...]
    strata: tuple[Stratum, ...]
    skipped: int


def read_answered(store: Store, *, since: datetime, topic: str) -> AnsweredQuestions:
    """Return the questions that were drawn of a topic since then and answered; ``topic`` "": of all.

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
    return AnsweredQuestions(told, strata, skipped=len(answered) - len(told))
