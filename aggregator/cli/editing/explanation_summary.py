"""Why an article is where it is, in short: the feeds that have it, and what keeps it out of others."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aggregator.cli.editing.decision_lines import ON_STORY, ON_STORY_OVER, describe_decisions, describe_over
from aggregator.cli.terminal.table import format_time_if_known
from aggregator.pipeline.explanation.article_life import ArticleLife
from aggregator.pipeline.explanation.feed_reasons import OFF_TOPIC, FeedReason
from aggregator.text import format_time

REMOVED = "it is not stored any more: pruned by age, removed with its source, or rejected in review"
MOST_NAMED = 5
"""Feeds that a line names by their ids at the most."""


def summarise_life(life: ArticleLife, *, in_story: int, where: str) -> Iterator[str]:
    """Yield what an article is, the feeds that have it and why, and why the others have not.

    ``in_story`` is how many articles its story has, ``where`` the option that a command needs for the
    configuration.
    """
    article = life.article
    if article is None:
        yield f"article {life.article_id}"
        yield REMOVED
        yield from describe_over(life.over)
        yield f"(`aggregator explain {life.article_id[:8]} --all{where}` tells who showed it)"
        return
    yield life.title
    if life.title != article.title:
        yield f"(its publisher's title: {article.title})"
    yield f"of {article.provider.domain}, {format_time(article.published_at)}, article {life.article_id}"
    yield from _summarise_feeds(life.feeds)
    yield from describe_decisions(life.decisions, idle=life.idle)
    yield from describe_over(life.over)
    yield from describe_decisions(life.on_story.counting, ON_STORY)
    yield from describe_over(life.on_story.over, ON_STORY_OVER)
    if in_story > 1 and life.story_id:
        yield f"one of {in_story} articles of a story: `aggregator stories show {life.story_id[:8]}{where}`"
    yield f"(`aggregator explain {life.article_id[:8]} --all{where}`: sources, topics, rules, quality, story)"


def format_bounds(reason: FeedReason) -> str:
    """Return since when and until when a feed shows an article, as it follows the reason; else nothing."""
    since, until = format_time_if_known(reason.since_at), format_time_if_known(reason.until_at)
    if not reason.is_shown:
        return ""
    told = "".join(f", {word} {at}" for word, at in (("since", since), ("until", until)) if at)
    return told + (" or longer (`publish.min_items`)" if until and reason.may_stay else "")


def _summarise_feeds(feeds: Sequence[FeedReason]) -> Iterator[str]:
    shown = [one for one in feeds if one.is_shown]
    off_topic = [one.feed for one in feeds if not one.is_shown and one.ground == OFF_TOPIC]
    others = [one for one in feeds if not one.is_shown and one.ground != OFF_TOPIC]
    yield f"in {len(shown)} of {len(feeds)} feeds{':' if shown else ''}"
    for (ground, bounds), theirs in _group(shown):
        yield f"- in {', '.join(f'{one.feed} (item {one.place})' for one in theirs)}: {ground}{bounds}"
    for (ground, bounds), theirs in _group(others):
        yield f"- not in {', '.join(one.feed for one in theirs)}: {ground}{bounds}"
        change = next((one.changes[0] for one in theirs if one.changes), None)
        if change:
            yield f"    to change that: {change}"
    if off_topic:
        more = "" if len(off_topic) <= MOST_NAMED else f" and {len(off_topic) - MOST_NAMED} more"
        yield f"- not in {', '.join(off_topic[:MOST_NAMED])}{more}: {OFF_TOPIC}"


def _group(reasons: Sequence[FeedReason]) -> Iterator[tuple[tuple[str, str], Sequence[FeedReason]]]:
    """Yield the feeds that have the same to say, with that."""
    alike: dict[tuple[str, str], list[FeedReason]] = {}
    for reason in reasons:
        bounds = format_bounds(replace(reason, since_at=None) if reason.is_shown else reason)
        alike.setdefault((reason.ground, bounds), []).append(reason)
    yield from alike.items()
