"""Everything that is found out about an article after it was stored: one list, in order.

    articles stored ───► their pages: excerpt, pictures, dates, author, publisher's name; the AMP page, proved
    what disappeared ──► its pages, which say whether it is gone
    articles in play ──► their pictures: sizes, local copies, defaults dropped ──► their publishers' logos

What the page of an article says is no step of its own: it is taken in ``article_pages``, where the page is
read, by ``enrich.page``. Any other new step is a function in a file of its own and a row of ``STEPS``; the
service and ``aggregator poll`` run it from then on. It is given articles, never their pages, and has to be
safe to kill and to run twice: what is due is known from the store alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from aggregator.model import Article
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.article_pages import find_unread_articles, read_article_pages
from aggregator.pipeline.enrich.logos import check_logos
from aggregator.pipeline.enrich.missing_pages import check_missing_pages
from aggregator.pipeline.enrich.pictures import check_pictures
from aggregator.pipeline.enrich.step_result import StepResult
from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.rules import Rules
from aggregator.store import (
    MarkKind,
    PictureMarks,
    count_marks,
    finish_picture_marks,
    read_stored_articles,
    select_shown_articles,
    take_picture_marks,
)

MARKS_AT_ONCE = 100
LONGEST_WAIT = timedelta(days=31)
"""No longer is anything put off; what is was put off by a clock that was wrong."""


class Stage(Enum):
    """Which articles a step is given, and so when it is due."""

    STORED = "stored"
    """Those whose page is due, the newest first: soon after they came in, as they wait for it."""
    IN_PLAY = "in play"
    """Those that a feed shows anew, as a mark of each says: nobody else's pictures are shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A row of the list: what the log ``counts``, which articles it is given, what it needs, what it does."""

    counts: str
    stage: Stage
    is_enabled: Callable[[Rules], bool]
    run: Callable[[Sequence[Article], Context], Awaitable[StepResult]]


STEPS = (
    Step(
        counts="articles", stage=Stage.STORED,  # those whose pages were read
        is_enabled=lambda rules: rules.enrichment.pages, run=read_article_pages,
    ),
    Step(
        counts="disappeared", stage=Stage.STORED,  # those whose pages were asked for again
        is_enabled=lambda rules: rules.enrichment.pages, run=check_missing_pages,
    ),
    Step(
        counts="pictures", stage=Stage.IN_PLAY,
        is_enabled=lambda rules: rules.images.sizes, run=check_pictures,
    ),
    Step(
        counts="logos", stage=Stage.IN_PLAY,
        is_enabled=lambda rules: rules.images.logos, run=check_logos,
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrichment:
    """What the steps of a stage did, by what each ``counts``; ``left`` are due still."""

    counts: Mapping[str, int] = field(default_factory=dict)
    left: int = 0
    is_changed: bool = False


async def run_steps(stage: Stage, context: Context) -> Enrichment:
    """Run the steps of a stage, one after another; what cannot be used is logged and stops nothing.

    Nothing is done where no pages may be read at all. Raises StoreError, PublishError.
    """
    if context.pages is None:
        return Enrichment()
    if stage is Stage.IN_PLAY:
        return await _run_marked(context)
    if not _list_steps(stage, context.rules):
        return Enrichment()
    results = await _run(stage, await find_unread_articles(context), context)
    return _sum_up(results, left=sum(result.left for result in results.values()))


async def _run_marked(context: Context) -> Enrichment:
    """Run the steps for some of the marked articles; those to be looked at again are marked for then.

    What needs an answer that only another process may ask for now keeps its mark, until this one may.
    """
    store, now = context.store, context.clock()
    marks = await asyncio.to_thread(
        take_picture_marks, store, now=now, limit=MARKS_AT_ONCE, longest_wait=LONGEST_WAIT
    )
    articles = await asyncio.to_thread(_read_articles_in_play, marks, context) if marks.taken else ()
    results = await _run(Stage.IN_PLAY, articles, context)
    again_at: dict[str, list[datetime]] = {}
    for result in results.values():
        for article_id, at in result.again_at.items():
            again_at.setdefault(article_id, []).append(at)
    elsewhere = [one for result in results.values() for one in result.elsewhere.items()]
    waiting = {article_id for article_id, _ in elsewhere}
    done = [mark for mark in marks.taken if mark.key not in waiting]
    if done or again_at:
        await asyncio.to_thread(finish_picture_marks, store, done, again_at)
    context.page_share.want({url for _, urls in elsewhere for url in urls})
    is_all = not done or len(marks.taken) < MARKS_AT_ONCE
    left = 0 if is_all else await asyncio.to_thread(count_marks, store, MarkKind.PICTURE, now=now)
    return _sum_up(results, left=left)


async def _run(stage: Stage, articles: Sequence[Article], context: Context) -> Mapping[str, StepResult]:
    steps = _list_steps(stage, context.rules)
    return {step.counts: await step.run(articles, context) for step in steps}


def _list_steps(stage: Stage, rules: Rules) -> Sequence[Step]:
    return [step for step in STEPS if step.stage is stage and step.is_enabled(rules)]


def _sum_up(results: Mapping[str, StepResult], *, left: int) -> Enrichment:
    return Enrichment(
        counts={counts: result.count for counts, result in results.items()},
        left=left,
        is_changed=any(result.is_changed for result in results.values()),
    )


def _read_articles_in_play(marks: PictureMarks, context: Context) -> Sequence[Article]:
    """Return the marked articles, newest first: those newly shown, and others while a feed shows them.

    Nothing is asked about imported ones.
    """
    store = context.store
    shown = marks.shown | select_shown_articles(store, marks.others, size_feeds(context.rules))
    found = (article for article in read_stored_articles(store, shown) if article.imported is None)
    return sorted(found, key=lambda article: (article.published_at, article.id), reverse=True)
