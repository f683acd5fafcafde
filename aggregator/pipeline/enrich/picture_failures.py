"""Pictures that cannot be used, as the log shows them: one line for each kind of failed fetch."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog

from aggregator.errors import AggregatorError, HttpStatusError
from aggregator.model import Article
from aggregator.urls import host_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PictureFailure:
    """Why the picture at ``url`` of an article cannot be used; ``kind`` None: it was fetched."""

    url: str
    article: Article
    problem: str
    kind: str | None


def find_failure_kind(error: AggregatorError) -> str:
    """Return what makes failures alike, whatever their addresses: their class, and an answer's status."""
    return (
        f"{type(error).__name__} {error.status}"
        if isinstance(error, HttpStatusError)
        else type(error).__name__
    )


def log_failures(failures: Iterable[PictureFailure]) -> None:
    """Log the failures: one line for those of a kind, with one of them for example, else one for each."""
    kinds: dict[str, list[PictureFailure]] = {}
    for failure in failures:
        kinds.setdefault(failure.kind or failure.url, []).append(failure)
    for alike in kinds.values():
        first = alike[0]
        shown = {"article": first.article.id, "title": first.article.title, "problem": first.problem}
        if len(alike) == 1:
            log.warning("picture", **shown)
        else:
            hosts = len({host_of(failure.url) for failure in alike})
            log.warning("picture", failed=len(alike), hosts=hosts, **shown)
