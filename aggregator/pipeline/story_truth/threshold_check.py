"""What other thresholds would make of the answers: the stored articles are grouped anew, in memory."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aggregator.pipeline.grouping import newcomer_of
from aggregator.pipeline.story_evaluation.tuning import assign_stories, search_thresholds
from aggregator.pipeline.story_truth.drawing import DRAWN_FROM
from aggregator.store import Store, read_articles_since
from aggregator.stories.placement import Newcomer
from aggregator.stories.thresholds import Thresholds
from aggregator.stories.truth import AnsweredPair

SETTABLE = ("join", "join_excerpt", "merge", "merge_excerpt", "window_h")
"""The thresholds that ``settings.yaml`` has under their names."""
_TUNED = SETTABLE[:4]
_LEAST, _MOST = 0.05, 1.0
_STEP = 0.2
_OUTCOMES = [(is_joined, is_one) for is_joined in (True, False) for is_one in (True, False)]


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswersFit:
    """How grouping agrees with answers: counts, and shares where each stands for the pairs behind it.

    ``gone`` counts answers about articles that are no longer stored: they are in no other figure.
    """

    right: int
    joined_wrongly: int
    parted_wrongly: int
    gone: int
    precision: float
    recall: float
    f1: float


def read_trial_articles(
    store: Store, pairs: Sequence[AnsweredPair], thresholds: Thresholds
) -> tuple[Newcomer, ...]:
    """Return the stored articles that answers are about, and all around them, in order of arrival."""
    if not pairs:
        return ()
    first = min(pair.question.drawn_at for pair in pairs)
    since = first - DRAWN_FROM - timedelta(hours=thresholds.window_h)
    found = sorted(
        read_articles_since(store, since), key=lambda one: (one.first_seen_at, one.published_at, one.id)
    )
    return tuple(newcomer_of(article) for article in found)


def fit_answers(
    articles: Sequence[Newcomer],
    thresholds: Thresholds,
    pairs: Sequence[AnsweredPair],
) -> AnswersFit:
    """Return how stories that are made with these thresholds, without a decision, agree with the answers."""
    story_of = assign_stories(articles, thresholds)
    return compare_with_answers(story_of, pairs)


def compare_with_answers(story_of: Mapping[str, str], pairs: Sequence[AnsweredPair]) -> AnswersFit:
    """Return how stories, by article, agree with answers."""
    held = [pair for pair in pairs if {pair.question.article_id, pair.question.other_id} <= story_of.keys()]
    counts, weights = dict.fromkeys(_OUTCOMES, 0), dict.fromkeys(_OUTCOMES, 0.0)
    for pair in held:
        one, other = story_of[pair.question.article_id], story_of[pair.question.other_id]
        outcome = one == other, pair.is_one
        counts[outcome] += 1
        weights[outcome] += pair.question.weight
    right, joined, parted = weights[True, True], weights[True, False], weights[False, True]
    return AnswersFit(
        right=counts[True, True] + counts[False, False],
        joined_wrongly=counts[True, False],
        parted_wrongly=counts[False, True],
        gone=len(pairs) - len(held),
        precision=right / (right + joined) if right + joined else 1.0,
        recall=right / (right + parted) if right + parted else 1.0,
        f1=2 * right / (2 * right + joined + parted) if right + joined + parted else 1.0,
    )


def tune_by_answers(
    articles: Sequence[Newcomer],
    thresholds: Thresholds,
    pairs: Sequence[AnsweredPair],
    rounds: int,
) -> Iterator[tuple[Thresholds, AnswersFit]]:
    """Return the best thresholds so far and how they fit, first the given ones, by a seeded random search.

    What they would join that is less alike than near misses are, no answer is about, and nothing here sees.
    """
    return search_thresholds(
        thresholds,
        _TUNED,
        measure=lambda tried: fit_answers(articles, tried, pairs),
        rate=lambda fit: fit.f1,
        vary=_vary,
        rounds=rounds,
    )


def _vary(value: float, chance: random.Random) -> float:
    return min(_MOST, max(_LEAST, round(value * (1 + chance.uniform(-_STEP, _STEP)), 3)))
