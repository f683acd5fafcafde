"""Why a feed shows an article or not, since when and until when, and what would change that; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.curate.score import KEPT_OUT, change_parts
from aggregator.model import WITHDRAWN, Article, Topic
from aggregator.model.curation import list_barred
from aggregator.pipeline.explanation.remedies import find_least_quality
from aggregator.pipeline.explanation.waits import Wait, describe_waits, list_shortcuts
from aggregator.pipeline.publish.limit_reasons import LimitReason
from aggregator.store import ARTICLES_FOLDER, FeedItem, FeedSize
from aggregator.text import format_count, format_time

NOT_ITS_SOURCES = "its words are the topic's, but `topics` of its source leave it out"
OFF_TOPIC = "no keyword of the topic stands in its title or excerpt"
TAKEN_OUT = "taken out by "
"""How it begins why an article is not the topic's where a rule or a decision says so."""
_NAMES = {
    "noindex": "the wish of its page not to be listed (`noindex`)",
    "unavailable": "the wish of its page to be listed no longer (`unavailable_after`)",
    WITHDRAWN: "its publisher, which withdrew it",
}
"""What parts of the quality are called that keep an article out, where it is not by their names."""
COMING = "the next publication gives it its place"
TOO_OLD = "older than `polling.backlog_days` when it was first seen"
BACKLOG = f"it was {TOO_OLD}"


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedCase:
    """An article and a feed, with all that decides whether the feed shows it.

    ``feed``       its folder: a topic's id, or that and ``/articles``
    ``topic``      None: the feeds of all topics
    ``match``      why the article is the topic's (``reason``) or is not (``refusal``), in words
    ``item``       the place that it, or its story, has in the feed; None: none. One that ``is_coming`` it
                   gets with the next publication, if there is room
    ``place``      its number among the items that the feed shows, from 1; None: it shows it not
    ``before``     how many items of the feed come before its place, where it has one
    ``pin``        what puts it first in the feed, in words; empty: nothing
    ``waits``      what it waits for before any feed shows it
    ``limit``      what of the topic's limits keeps it out; None: nothing
    ``remedies``   the smallest changes that would have its judgement let it in
    """

    feed: str
    topic: Topic | None
    article: Article
    size: FeedSize
    window: timedelta
    reason: str | None = None
    refusal: str | None = None
    item: FeedItem | None = None
    is_coming: bool = False
    place: int | None = None
    before: int | None = None
    pin: str = ""
    waits: tuple[Wait, ...] = ()
    limit: LimitReason | None = None
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedReason:
    """Whether a feed shows an article, and ``why``; ``changes`` are the smallest that would alter that.

    ``ground`` is the part of ``why`` that does not hang on other items of the feed. ``since_at`` and
    ``until_at`` bound the time in which it may show it, None: no bound is known. It ``may_stay`` longer where
    the feed is so short that it keeps what is old.
    """

    feed: str
    is_shown: bool
    why: str
    ground: str
    place: int | None = None
    since_at: datetime | None = None
    until_at: datetime | None = None
    may_stay: bool = False
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Absence:
    """Why a feed does not show an article, what would change that, and since when it does by itself."""

    why: str
    changes: tuple[str, ...] = ()
    since_at: datetime | None = None


def explain_feed(case: FeedCase) -> FeedReason:
    """Return whether the feed of a case shows its article, and why."""
    if case.place is not None and case.item is not None and _is_told(case):
        return _explain_shown(case, case.item)
    absence = _explain_absence(case)
    without = "" if case.place is None else f"; its story is item {case.place} there without it"
    return FeedReason(
        feed=case.feed,
        is_shown=False,
        why=f"{absence.why}{without}",
        ground=absence.why,
        since_at=absence.since_at,
        until_at=case.item.recent_at + case.window if case.item and not case.is_coming else None,
        changes=absence.changes,
    )


def _is_told(case: FeedCase) -> bool:
    """Tell whether the item that a feed shows tells of the article: a story may be shown without it."""
    if case.limit is not None:
        return False
    is_out = not case.article.is_published or bool(case.waits) or _find_bar(case) is not None
    return case.feed.endswith(ARTICLES_FOLDER) or not is_out


def _find_bar(case: FeedCase) -> str | None:
    """Return the rule or decision that took the article out of the feed's topic, None: none did."""
    return list_barred(case.article).get(case.topic.id) if case.topic is not None else None


def _explain_shown(case: FeedCase, item: FeedItem) -> FeedReason:
    until = item.recent_at + case.window
    lasting = "as long as it is recent" if item.is_recent else "because the feed keeps `publish.min_items`"
    ground = _explain_belonging(case)
    return FeedReason(
        feed=case.feed,
        is_shown=True,
        why=f"{ground}; item {case.place}, {lasting}",
        ground=ground,
        place=case.place,
        since_at=item.recent_at,
        until_at=until if item.is_recent else None,
        may_stay=item.is_recent and case.place is not None and case.place <= case.size.least,
        changes=tuple(_list_ways_out(case)),
    )


def _explain_belonging(case: FeedCase) -> str:
    article = case.article
    is_own = article.is_published and article.quality >= find_least_quality(case.topic)
    if not is_own or (case.topic is not None and case.reason is None and not case.pin):
        return "not by itself, but another article of its story is"
    return case.pin or case.reason or "every published article is in it"


def _list_ways_out(case: FeedCase) -> Iterator[str]:
    if case.place is not None and case.place > 1:
        yield f"a limit of {format_count(case.place - 1, 'item')} would leave it out"
    spare = case.article.quality - find_least_quality(case.topic)
    if spare >= 0 and (case.topic is None or case.topic.id in case.article.topics):
        yield f"{format_count(spare + 1, 'point')} of quality less would take it out"


def _explain_absence(case: FeedCase) -> _Absence:
    """Return the first reason that keeps an article out, and what would lift it and all others."""
    article = case.article
    if article.is_backlog and not article.is_quarantined:
        return _Absence(
            BACKLOG, ("a longer `polling.backlog_days` would let in what is first seen from then on",)
        )
    judged = _explain_judgement(article, case)
    if judged is not None:
        is_its = case.topic is None or case.topic.id in article.topics
        also = f"; {describe_waits(case.waits)}" if case.waits and is_its else ""
        return _Absence(f"{judged}{also}", case.remedies)
    if case.waits:
        return _Absence(describe_waits(case.waits), list_shortcuts(case.waits), case.waits[0].until)
    if case.limit is not None:
        until = case.limit.until_at
        lasting = f", until {format_time(until)}" if until else ""
        return _Absence(f"{case.limit.why}{lasting}", (case.limit.change,), until)
    if case.item is None or (case.is_coming and _has_room(case, case.item)):
        return _Absence(COMING, ("`aggregator publish` does so now",))
    return _explain_place(case, case.item)


def _explain_judgement(article: Article, case: FeedCase) -> str | None:
    """Return what in the judgement of an article keeps it out for good, None: nothing."""
    if article.is_quarantined:
        return "it is quarantined"
    if case.topic is not None and case.topic.id not in article.topics:
        bar = _find_bar(case)
        if bar is not None and not (case.refusal or "").startswith(TAKEN_OUT):
            return f"{TAKEN_OUT}{bar}"
        return case.refusal or OFF_TOPIC
    later = {wait.part: wait.points for wait in case.waits if wait.part}
    return explain_quality(change_parts(article, later), find_least_quality(case.topic))


def name_part(name: str) -> str:
    """Return in words what a part of the quality is by that keeps an article out."""
    return _NAMES.get(name, name)


def explain_quality(article: Article, least: int) -> str | None:
    """Return what keeps the quality of an article below ``least``, in words; None: it is not."""
    if article.quality >= least:
        return None
    out = [name_part(name) for name, points in article.quality_parts.items() if points <= KEPT_OUT]
    if out:
        return f"kept out by {', '.join(out)}"
    why = f"its quality is {article.quality}, {least} is needed"
    return f"{why}: it is on no topic" if article.quality_parts.get("relevance", 0) < 0 else why


def _has_room(case: FeedCase, item: FeedItem) -> bool:
    """Tell whether a feed shows an item that is to come: fewer newer ones are there than it shows."""
    most = case.size.most if item.is_recent else case.size.least
    return case.before is None or case.before < most


def _explain_place(case: FeedCase, item: FeedItem) -> _Absence:
    if item.is_recent:
        count = case.before if case.before is not None else case.size.most
        before = format_count(count, "item comes", "items come")
        why = f"{before} before it, and the feed shows {case.size.most}"
        key = "`limit: {}` of the topic" if case.topic else "`publish.max_items: {}`"
        return _Absence(why, (key.format(count + 1),))
    return _Absence(f"it left the window of {case.window.days} days", ("a longer `publish.window_days`",))
