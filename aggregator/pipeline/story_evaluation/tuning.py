"""Labelled articles grouped as production groups what comes in, and a search for better thresholds."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace

from aggregator.pipeline.story_evaluation.agreement import Agreement, measure_agreement
from aggregator.pipeline.story_evaluation.labelled_articles import LabelledArticles
from aggregator.stories.grouper import Grouper
from aggregator.stories.placement import Newcomer
from aggregator.stories.second_opinion import Opinion
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


def assign_stories(
    articles: Sequence[Newcomer],
    thresholds: Thresholds,
    on_article: Callable[[], None] = lambda: None,
    second_opinion: Opinion | None = None,
) -> dict[str, str]:
    """Return article id -> story id, with the articles placed one by one, in their order."""
    grouper = Grouper(thresholds, second_opinion)
    found: dict[str, str] = {}
    for article in articles:
        placed = grouper.place(article)
        found[article.id] = placed.story.id
        if placed.gone or len(placed.changed) > 1:
            found.update((member.id, story.id) for story in placed.changed for member in story.members)
        on_article()
    return found


def evaluate_grouping(
    labelled: LabelledArticles,
    thresholds: Thresholds,
    on_article: Callable[[], None] = lambda: None,
    second_opinion: Opinion | None = None,
) -> tuple[dict[str, str], Agreement, float]:
    """Return the stories found, how they agree with the labels, and articles grouped a second."""
    started = time.perf_counter()
    found = assign_stories(labelled.articles, thresholds, on_article, second_opinion)
    taken_s = time.perf_counter() - started
    return found, measure_agreement(found, labelled.labels), len(found) / max(taken_s, 1e-9)


def tune_thresholds(
    labelled: LabelledArticles, thresholds: Thresholds, rounds: int
) -> Iterator[tuple[Thresholds, Agreement]]:
    """Yield the best thresholds so far and what they reach, once a round, by a seeded random search."""
    chance = random.Random(1)  # noqa: S311  # a search, no secret
    best, reached = thresholds, evaluate_grouping(labelled, thresholds)[1]
    for _ in range(rounds):
        tried = _vary(best, chance)
        got = evaluate_grouping(labelled, tried)[1]
        if got.bcubed_f1 > reached.bcubed_f1:
            best, reached = tried, got
        yield best, reached


def compare_thresholds(thresholds: Thresholds, defaults: Thresholds) -> dict[str, float]:
    """Return the thresholds that are not the default ones."""
    values = {field.name: getattr(thresholds, field.name) for field in fields(Thresholds)}
    return {name: value for name, value in values.items() if value != getattr(defaults, name)}


def _vary(thresholds: Thresholds, chance: random.Random) -> Thresholds:
    names = chance.sample(_TUNED, k=2)
    changed = {n: round(getattr(thresholds, n) * (1 + chance.uniform(-_STEP, _STEP)), 4) for n in names}
    return replace(thresholds, **changed)
