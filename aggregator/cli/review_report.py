"""What was accepted in review, and which of it no feed shows all the same."""

from collections.abc import Iterator, Sequence

from aggregator.curate import explain_missing_points
from aggregator.model import PUBLISHED_QUALITY, Article
from aggregator.pipeline.explanation.feed_reasons import BACKLOG, explain_quality

LISTED = 10
"""Articles at most of which it is told one by one why no feed shows them."""


def describe_accepted(quarantined_id: str, count: int, accepted: Sequence[Article]) -> Iterator[str]:
    """Yield what is shown of what was accepted, and a line for each other article with what it lacks."""
    lacking = {article.id: why for article in accepted if (why := _explain_lack(article)) is not None}
    done = f"accepted {count_articles(count)} of {quarantined_id}"
    if not lacking:
        yield f"{done}; `aggregator publish` shows {'it' if count == 1 else 'them'}"
        return
    shown = count - len(lacking)
    yield f"{done}; `aggregator publish` shows {shown or 'none'} of them"
    yield from (f"- {article_id}: {why}" for article_id, why in [*lacking.items()][:LISTED])
    if len(lacking) > LISTED:
        yield f"- and {len(lacking) - LISTED} more: `aggregator explain ARTICLE` tells why"


def _explain_lack(article: Article) -> str | None:
    """Return why an article that was accepted is in no feed all the same, None: it is."""
    if article.is_backlog:
        return BACKLOG
    why = explain_quality(article, PUBLISHED_QUALITY)
    if why is None or article.quality_parts.get("relevance", 0) < 0 or not article.quality:
        return why
    lacks = [f"{words} ({points})" for words, points in explain_missing_points(article.quality_parts).items()]
    against = [f"{name} {points}" for name, points in article.quality_parts.items() if points < 0]
    said = (("it lacks", lacks), ("there is", against))
    return "; ".join([why, *(f"{words} {', '.join(parts)}" for words, parts in said if parts)])


def count_articles(count: int) -> str:
    """Return so many articles in words."""
    return f"{count} article{'' if count == 1 else 's'}"
