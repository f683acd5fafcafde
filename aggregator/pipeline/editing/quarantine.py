"""What is quarantined, and by what: its source, a flood of it, or an editor's rule; what accepting does."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aggregator.curate import explain_missing_points
from aggregator.curate.editor_rules import QUARANTINED
from aggregator.model import PUBLISHED_QUALITY, Article, SourceState
from aggregator.pipeline.explanation.feed_reasons import BACKLOG, explain_quality

_FLOOD = "its source brought more than a day of its max_per_hour at once"


@dataclass(frozen=True, kw_only=True, slots=True)
class Quarantine:
    """What waits for an editor's word: by source id how many ``articles`` each of the ``sources`` has there.

    ``sources`` are quarantined themselves, or brought too much at once. ``by_source`` are their articles, and
    ``by_rule`` those of others, which an editor's rule wants looked at.
    """

    sources: Mapping[str, int]
    by_source: Sequence[Article]
    by_rule: Sequence[Article]


def sort_quarantine(articles: Sequence[Article], states: Collection[SourceState]) -> Quarantine:
    """Return the quarantined articles by what quarantined them; ``states`` are those of their sources."""
    themselves = {one.source_id for one in states if one.quarantined_at is not None}
    by_rule = [one for one in articles if QUARANTINED in one.origins and one.source_id not in themselves]
    ids = {one.id for one in by_rule}
    by_source = [one for one in articles if one.id not in ids]
    counts = Counter(one.source_id for one in articles)
    listed = sorted({*themselves, *(one.source_id for one in by_source)})
    return Quarantine(sources={id_: counts[id_] for id_ in listed}, by_source=by_source, by_rule=by_rule)


def explain_quarantine(article: Article) -> str:
    """Return why an article is quarantined, where its source does not say so: rules by name, or a flood."""
    return article.origins.get(QUARANTINED) or (_FLOOD if article.release_at is not None else "")


def explain_lack(article: Article) -> str | None:
    """Return why an article that is accepted is in no feed all the same, None: it is."""
    if article.is_backlog:
        return BACKLOG
    why = explain_quality(article, PUBLISHED_QUALITY)
    if why is None or article.quality_parts.get("relevance", 0) < 0 or not article.quality:
        return why
    lacks = [f"{words} ({points})" for words, points in explain_missing_points(article.quality_parts).items()]
    against = [f"{name} {points}" for name, points in article.quality_parts.items() if points < 0]
    said = (("it lacks", lacks), ("there is", against))
    return "; ".join([why, *(f"{words} {', '.join(parts)}" for words, parts in said if parts)])
