"""Why a feed shows an article or not, since when and until when, and what would change that; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.curate import explain_missing_points
from aggregator.curate.score import KEPT_OUT
from aggregator.model import PUBLISHED_QUALITY, Article, Topic
from aggregator.pipeline.publish.limit_reasons import LimitReason
from aggregator.store import FeedItem, FeedSize

TAKEN_OUT = "taken out by "
"""How it begins why an article is not the topic's where a rule or a decision says so."""
_CHANGE_WORDS = "change `exclude` or `require` of the topic"
_BACKLOG = "it was older than `polling.backlog_days` when it was first seen"


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedCase:
    """An article and a feed, with all that decides whether the feed shows it.

    ``feed``       its folder: a topic's id, or that and ``/articles``
    ``topic``      None: the feeds of all topics
    ``match``      why the article is the topic's (``reason``) or is not (``refusal``), in words
    ``item``       the place that it, or its story, has in the feed; None: none
    ``place``      its number among the items that the feed shows, from 1; None: it shows it not
    ``before``     how many items of the feed come before its place, where it has one
    ``pin``        what puts it first in the feed, in words; empty: nothing
    ``waits_until`` when it is published, where it waits for something; ``waits_for`` says what for
    ``limit``      what of the topic's limits keeps it out; None: nothing
    """

    feed: str
    topic: Topic | None
    article: Article
    size: FeedSize
    window: timedelta
    reason: str | None = None
    refusal: str | None = None
    item: FeedItem | None = None
    place: int | None = None
    before: int | None = None
    pin: str = ""
    waits_until: datetime | None = None
    waits_for: str = ""
    limit: LimitReason | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedReason:
    """Whether a feed shows an article, and ``why``; ``changes`` are the smallest that would alter that.

    ``since_at`` and ``until_at`` bound the time in which it may show it, None: no bound is known.
    """

    feed: str
    is_shown: bool
    why: str
    place: int | None = None
    since_at: datetime | None = None
    until_at: datetime | None = None
    changes: tuple[str, ...] = ()


def explain_feed(case: FeedCase) -> FeedReason:
    """Return whether the feed of a case shows its article, and why."""
    if case.place is not None and case.item is not None and case.limit is None:
        return _explain_shown(case, case.item)
    why, changes = _explain_absence(case)
    waits = (case.waits_until is not None or case.limit is not None) and why == _explain_wait(case)[0]
    until = case.item.recent_at + case.window if case.item is not None else None
    return FeedReason(
        feed=case.feed,
        is_shown=False,
        why=why,
        since_at=(case.waits_until or (case.limit.until_at if case.limit else None)) if waits else None,
        until_at=until,
        changes=tuple(changes),
    )


def _explain_shown(case: FeedCase, item: FeedItem) -> FeedReason:
    until = item.recent_at + case.window
    lasting = "as long as it is recent" if item.is_recent else "because the feed keeps `publish.min_items`"
    return FeedReason(
        feed=case.feed,
        is_shown=True,
        why=f"{_explain_belonging(case)}; item {case.place}, {lasting}",
        place=case.place,
        since_at=item.recent_at,
        until_at=until if item.is_recent else None,
        changes=tuple(_list_ways_out(case)),
    )


def _explain_belonging(case: FeedCase) -> str:
    article = case.article
    is_own = article.is_published and article.quality >= _find_least_quality(case.topic)
    if not is_own or (case.topic is not None and case.reason is None and not case.pin):
        return "not by itself, but another article of its story is"
    return case.pin or case.reason or "every published article is in it"


def _list_ways_out(case: FeedCase) -> Iterator[str]:
    if case.place is not None and case.place > 1:
        yield f"a limit of {case.place - 1} items would leave it out"
    spare = case.article.quality - _find_least_quality(case.topic)
    if spare >= 0 and (case.topic is None or case.topic.id in case.article.topics):
        yield f"{spare + 1} points of quality less would take it out"


def _explain_absence(case: FeedCase) -> tuple[str, list[str]]:
    """Return the first reason that keeps an article out, and what would lift it."""
    article = case.article
    if article.is_quarantined or article.is_backlog:
        return _explain_exclusion(article)
    if case.topic is not None and case.topic.id not in article.topics:
        return _explain_other_topic(case, case.topic)
    least = _find_least_quality(case.topic)
    if article.quality < least:
        return _explain_quality(article, least)
    if case.waits_until is not None or case.limit is not None:
        return _explain_wait(case)
    if case.item is None:
        return "the next publication gives it its place", ["`aggregator publish` does so now"]
    return _explain_place(case, case.item)


def _explain_wait(case: FeedCase) -> tuple[str, list[str]]:
    if case.waits_until is None and case.limit is not None:
        return case.limit.why, [case.limit.change]
    return f"it waits for {case.waits_for} until then at the latest", []


def _explain_exclusion(article: Article) -> tuple[str, list[str]]:
    if article.is_quarantined:
        return "it is quarantined", [f"`aggregator review accept {article.id}` lets it in"]
    return _BACKLOG, ["a longer `polling.backlog_days` would let in what is first seen from then on"]


def _explain_other_topic(case: FeedCase, topic: Topic) -> tuple[str, list[str]]:
    if case.refusal is not None:
        editors = case.refusal.removeprefix(TAKEN_OUT)
        is_by_editors = editors != case.refusal
        return case.refusal, [f"change or end {editors}" if is_by_editors else _CHANGE_WORDS]
    ways = ["add a keyword that stands in its title or excerpt"] if topic.keywords else []
    ways.append("let its source assign the topic (`assign: true`)")
    return "no keyword of the topic stands in its title or excerpt", ways


def _explain_quality(article: Article, least: int) -> tuple[str, list[str]]:
    missing = least - article.quality
    why = f"its quality is {article.quality}, {least} is needed"
    editors = [name for name, points in article.quality_parts.items() if points <= KEPT_OUT]
    if editors:
        names = ", ".join(editors)
        return f"kept out by {names}", [f"change or end {names}"]
    if article.quality_parts.get("relevance", 0) < 0:
        return f"{why}: it is on no topic", ["a topic with a keyword in it, or that its source assigns"]
    lacks = explain_missing_points(article.quality_parts)
    ways = [f"{missing} more `weight` at its source or provider"]
    ways += [f"{name}: {points} points" for name, points in lacks.items() if points >= missing]
    if least > PUBLISHED_QUALITY and article.quality >= PUBLISHED_QUALITY:
        ways.append(f"`quality_threshold: {article.quality}` of the topic")
    return why, ways


def _explain_place(case: FeedCase, item: FeedItem) -> tuple[str, list[str]]:
    if item.is_recent:
        count = case.before if case.before is not None else case.size.most
        why = f"{count} items come before it, and the feed shows {case.size.most}"
        return why, [
            f"`limit: {count + 1}` of the topic" if case.topic else f"`publish.max_items: {count + 1}`"
        ]
    return f"it left the window of {case.window.days} days", ["a longer `publish.window_days`"]


def _find_least_quality(topic: Topic | None) -> int:
    return max(PUBLISHED_QUALITY, (topic and topic.quality_threshold) or 0)
