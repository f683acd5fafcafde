"""Articles that people labelled with stories, read from a file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aggregator.errors import AggregatorError, describe_error
from aggregator.stories.placement import Newcomer


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledArticles:
    """Articles to be grouped, in order of time, and by article id the stories that some are labelled with."""

    articles: tuple[Newcomer, ...]
    labels: Mapping[str, str]


def read_labelled_articles(path: Path) -> LabelledArticles:
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
            articles.append(_make_newcomer(row))
        except (ValueError, KeyError, TypeError) as error:
            reason = f"is no article: {_explain_row_error(error)}; needed are id, title and published_at"
            raise AggregatorError(f"{path}:{number}: {reason}") from None
        if row.get("story") is not None:
            labels[articles[-1].id] = str(row["story"])
    articles.sort(key=lambda article: (article.published_at, article.id))
    return LabelledArticles(articles=tuple(articles), labels=labels)


def _explain_row_error(error: ValueError | KeyError | TypeError) -> str:
    """Return in plain words why a line is no article."""
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON from character {error.pos + 1} on"
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    return "no JSON object" if isinstance(error, TypeError) else str(error)


def _make_newcomer(row: Mapping[str, object]) -> Newcomer:
    at = datetime.fromisoformat(str(row["published_at"]))
    return Newcomer(
        id=str(row["id"]),
        title=str(row["title"]),
        excerpt=str(row["excerpt"]) if row.get("excerpt") else None,
        provider=str(row.get("provider") or ""),
        published_at=at if at.tzinfo else at.replace(tzinfo=UTC),
        language=str(row["language"]) if row.get("language") else None,
    )
