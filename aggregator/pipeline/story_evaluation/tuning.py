"""Labelled articles grouped as production groups what comes in, and a search for better thresholds."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import islice
from typing import NamedTuple, TypeVar

from aggregator.pipeline.story_evaluation.agreement import Agreement, measure_agreement
from aggregator.pipeline.story_evaluation.labelled_articles import LabelledArticles
from aggregator.stories.grouper import Grouper
from aggregator.stories.placement import Newcomer
from aggregator.stories.thresholds import Thresholds

_TUNED = (
    "join",
    "join_excerpt",
    "merge",
    "merge_excerpt",
    "split",
    "split_excerpt",
    "fading",
    "spread_excerpt",
)
_STEP = 0.25
_Measured = TypeVar("_Measured")


def assign_stories(
    articles: Sequence[Newcomer],
    thresholds: Thresholds,
    on_article: Callable[[], None] = lambda: None,
) -> dict[str, str]:
    """Return article id -> story id, with the articles placed one by one, in their order."""
    grouper = Grouper(thresholds)
    found: dict[str, str] = {}
    for article in articles:
        placed = grouper.place(article)
        found[article.id] = placed.story.id
        if placed.gone or len(placed.changed) > 1:
            found.update((member.id, story.id) for story in placed.changed for member in story.members)
        on_article()
    return found


class GroupingEvaluation(NamedTuple):
    """The stories that articles were found to tell, by id, and how these agree with the labels."""

    story_of: dict[str, str]
    agreement: Agreement
    articles_per_s: float


def evaluate_grouping(
    labelled: LabelledArticles,
    thresholds: Thresholds,
    on_article: Callable[[], None] = lambda: None,
) -> GroupingEvaluation:
    """Return what grouping finds, and how fast; ``on_article`` is called with each article."""
    started = time.perf_counter()
    found = assign_stories(labelled.articles, thresholds, on_article)
    taken_s = time.perf_counter() - started
    agreement = measure_agreement(found, labelled.labels)
    return GroupingEvaluation(found, agreement, articles_per_s=len(found) / max(taken_s, 1e-9))


def tune_thresholds(
    labelled: LabelledArticles, thresholds: Thresholds, rounds: int
) -> Iterator[tuple[Thresholds, Agreement]]:
    """Yield the best thresholds so far and what they reach, once a round, by a seeded random search."""
    found = search_thresholds(
        thresholds,
        _TUNED,
        measure=lambda tried: evaluate_grouping(labelled, tried).agreement,
        rate=lambda agreement: agreement.bcubed_f1,
        vary=lambda value, chance: round(value * (1 + chance.uniform(-_STEP, _STEP)), 4),
        rounds=rounds,
    )
    yield from islice(found, 1, None)


def search_thresholds(
    thresholds: Thresholds,
    names: Sequence[str],
    *,
    measure: Callable[[Thresholds], _Measured],
    rate: Callable[[_Measured], float],
    vary: Callable[[float, random.Random], float],
    rounds: int,
) -> Iterator[tuple[Thresholds, _Measured]]:
    """Yield the best thresholds so far and what they reach, first the given ones, by a seeded random search.

    Each round varies two of those named, and keeps them where what is measured is rated higher.
    """
    chance = random.Random(1)  # noqa: S311  # a search, no secret
    best, reached = thresholds, measure(thresholds)
    yield best, reached
    for _ in range(rounds):
        changed = {name: vary(getattr(best, name), chance) for name in chance.sample(names, k=2)}
        tried = replace(best, **changed)
        got = measure(tried)
        if rate(got) > rate(reached):
            best, reached = tried, got
        yield best, reached


def compare_thresholds(thresholds: Thresholds, defaults: Thresholds) -> dict[str, float]:
    """Return the thresholds that are not the default ones."""
    values = {field.name: getattr(thresholds, field.name) for field in fields(Thresholds)}
    return {name: value for name, value in values.items() if value != getattr(defaults, name)}
