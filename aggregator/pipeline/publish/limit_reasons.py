"""Why the limits of a topic keep an article out of its feeds, and until when; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Article, KeptOut, TopicLimits
from aggregator.pipeline.publish.topic_counts import list_counted_limits
from aggregator.pipeline.publish.topic_waits import find_page_wait, list_timed_limits, waits_in_topic
from aggregator.rules import Rules
from aggregator.text import format_count


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitReason:
    """That a limit keeps an article, or its story, out of a feed.

    ``limit`` is its key in ``topics.yaml``, ``why`` a sentence without a full stop, ``change`` what would let
    it in; ``until_at`` is when it enters by itself, None: not by time alone.
    """

    feed: str
    limit: str
    why: str
    change: str
    until_at: datetime | None = None


def explain_limits(
    article: Article,
    feed: str,
    item_id: str,
    *,
    kept_out: Mapping[tuple[str, str], KeptOut],
    rules: Rules,
    now: datetime,
) -> LimitReason | None:
    """Return which limit of a topic keeps an article out of one of its feeds, None where none does.

    ``item_id`` is the article's id in a feed of articles, its story's in one of stories; ``kept_out`` has
    what ``read_kept_out`` returns of it.
    """
    topic_id = feed.partition("/")[0]
    if waits_in_topic(article, topic_id, rules, now):
        return _explain_wait(article, feed, list_timed_limits(rules)[topic_id], rules)
    limits, because = list_counted_limits(rules).get(feed), kept_out.get((feed, item_id))
    return _explain_count(article, feed, limits, because) if limits and because else None


def _explain_wait(article: Article, feed: str, limits: TopicLimits, rules: Rules) -> LimitReason:
    opening = limits.find_opening(article.first_seen_at, page_wait=find_page_wait(article, rules))
    if opening == article.first_seen_at + limits.delay:
        minutes = limits.delay.total_seconds() / 60
        return LimitReason(
            feed=feed,
            limit="delay_min",
            why=f"the topic shows articles {minutes:g} minutes after they were first seen",
            change="a shorter `delay_min` of the topic",
            until_at=opening,
        )
    return LimitReason(
        feed=feed,
        limit="quiet_hours",
        why="nothing new enters the topic's feeds in its quiet hours",
        change="other `quiet_hours` of the topic",
        until_at=opening,
    )


def _explain_count(article: Article, feed: str, limits: TopicLimits, because: KeptOut) -> LimitReason:
    domain = article.provider.domain
    if because is KeptOut.PER_PROVIDER:
        items = format_count(limits.max_per_provider or 0, "item")
        why = f"the feed shows {items} of {domain}, and so many newer ones came"
        change = "a higher `max_per_provider` of the topic"
    else:
        why = f"it would have been more than {limits.max_in_a_row} in a row of {domain}"
        change = "a higher `max_in_a_row` of the topic, or another provider's item that stands between"
    return LimitReason(feed=feed, limit=because.value, why=why, change=change)
