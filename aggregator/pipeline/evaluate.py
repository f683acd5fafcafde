"""Grouping labelled articles as production groups what comes in, and searching for better thresholds."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from aggregator.errors import AggregatorError, describe_error
from aggregator.stories import Agreement, Opinion, Thresholds, agreement
from aggregator.stories.grouper import Grouper
from aggregator.stories.placed import Newcomer

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """Articles to be grouped, in order of time, and by article id the stories that some are labelled with."""

    articles: tuple[Newcomer, ...]
    labels: Mapping[str, str]


def read_labelled(path: Path) -> Labelled:
    """Read articles from a file with a JSON object a line; raises AggregatorError naming the line.

    ``id``, ``title`` and ``published_at`` must be there; ``excerpt``, ``url``, ``provider``, ``language`` and
    ``story`` need not. Rows without ``story`` take part but are not scored.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise AggregatorError(f"{path}: cannot be read: {error.strerror or describe_error(error)}") from None
    except UnicodeDecodeError as error:
        raise AggregatorError(f"{path}: cannot be read: {error}") from None
    articles, labels = [], {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            articles.append(_newcomer(row))
        except (ValueError, KeyError, TypeError) as error:
            raise AggregatorError(
                f"{path}:{number}: is no article: {_why_none(error)}; needed are id, title and published_at"
            ) from None
        if row.get("story") is not None:
            labels[articles[-1].id] = str(row["story"])
    articles.sort(key=lambda article: (article.published_at, article.id))
    return Labelled(articles=tuple(articles), labels=labels)


def assign(
    articles: Sequence[Newcomer],
    thresholds: Thresholds,
    on_article: Callable[[], None] = lambda: None,
    second_opinion: Opinion | None = None,
) -> dict[str, str]:
    """Return article id -> story id, with the articles told of one by one in their order."""
    grouper = Grouper(thresholds, second_opinion)
    found: dict[str, str] = {}
    for article in articles:
        placed = grouper.place(article)
        found[article.id] = placed.story.id
        if placed.gone or len(placed.changed) > 1:
            found.update((told.id, story.id) for story in placed.changed for told in story.members)
        on_article()
    return found


def evaluate(
    labelled: Labelled,
    thresholds: Thresholds,
    on_article: Callable[[], None] = lambda: None,
    second_opinion: Opinion | None = None,
) -> tuple[dict[str, str], Agreement, float]:
    """Return the stories found, how they agree with the labels, and articles grouped a second."""
    started = time.perf_counter()
    found = assign(labelled.articles, thresholds, on_article, second_opinion)
    taken_s = time.perf_counter() - started
    return found, agreement(found, labelled.labels), len(found) / max(taken_s, 1e-9)


def tune(labelled: Labelled, thresholds: Thresholds, rounds: int) -> Iterator[tuple[Thresholds, Agreement]]:
    """Yield the best thresholds so far and what they reach, once a round, by a seeded random search."""
    chance = random.Random(1)  # noqa: S311  # a search, no secret
    best, reached = thresholds, evaluate(labelled, thresholds)[1]
    for _ in range(rounds):
        tried = _varied(best, chance)
        got = evaluate(labelled, tried)[1]
        if got.bcubed_f1 > reached.bcubed_f1:
            best, reached = tried, got
        yield best, reached


def differing(thresholds: Thresholds, defaults: Thresholds) -> dict[str, float]:
    """Return the thresholds that are not the default ones."""
    values = {field.name: getattr(thresholds, field.name) for field in fields(Thresholds)}
    return {name: value for name, value in values.items() if value != getattr(defaults, name)}


def _varied(thresholds: Thresholds, chance: random.Random) -> Thresholds:
    names = chance.sample(_TUNED, k=2)
    changed = {n: round(getattr(thresholds, n) * (1 + chance.uniform(-_STEP, _STEP)), 4) for n in names}
    return replace(thresholds, **changed)


def _why_none(error: ValueError | KeyError | TypeError) -> str:
    """Return in plain words why a line is no article."""
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON from character {error.pos + 1} on"
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    return "no JSON object" if isinstance(error, TypeError) else str(error)


def _newcomer(row: Mapping[str, object]) -> Newcomer:
    at = datetime.fromisoformat(str(row["published_at"]))
    return Newcomer(
        id=str(row["id"]),
        title=str(row["title"]),
        excerpt=str(row["excerpt"]) if row.get("excerpt") else None,
        provider=str(row.get("provider") or ""),
        published_at=at if at.tzinfo else at.replace(tzinfo=UTC),
        language=str(row["language"]) if row.get("language") else None,
    )
