"""The pictures of articles that feeds show: sizes learnt, what is no picture dropped, copies made.

    pictures that are due ─► first bytes, or the whole file for a copy ─► size, or why it cannot be used
        ─► kept, a batch at a time (picture_copies) ─► articles revised (picture_revision)

Each batch is stored by itself: killed at any moment, the step goes on where it was.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.curate.editor_decisions import choose_images
from aggregator.enrich.reuse_limits import limit_reuse, may_copy_pictures
from aggregator.model import Article
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.picture_checks import PictureChecks
from aggregator.pipeline.enrich.picture_copies import (
    keep_checked_pictures,
    make_room,
    remove_unwanted_copies,
)
from aggregator.pipeline.enrich.picture_failures import log_failures
from aggregator.pipeline.enrich.picture_revision import note_uses, revise_pictures
from aggregator.pipeline.enrich.picture_schedule import COPY_AFTER, PictureSchedule, list_urls
from aggregator.pipeline.enrich.step_result import StepResult
from aggregator.publish.tree_paths import PICTURE_COPIES
from aggregator.rules import Rules
from aggregator.store import MarkKind, Picture, forget_copies, read_pictures, save_marks

BATCH = 24


async def check_pictures(articles: Sequence[Article], context: Context) -> StepResult:
    """Check the pictures of ``articles`` that are due, and revise these articles.

    A picture that cannot be used is logged with its reason and its article, those that cannot be fetched
    by kinds of failure; it stops nothing.
    """
    now = context.clock()
    await asyncio.to_thread(make_room, 0, context, now)  # the settings may leave less than there was
    if not articles:
        return StepResult()
    await asyncio.to_thread(remove_unwanted_copies, articles, context)
    # A picture that several show is copied where the page of one of them lets it be.
    stored = sorted(map(limit_reuse, articles), key=may_copy_pictures, reverse=True)
    articles = [_choose_pictures(article, context.rules, now) for article in stored]
    count, elsewhere = await _check_due(articles, context, now)
    revised = await asyncio.to_thread(revise_pictures, articles, context, now)
    chosen = [one.id for one, before in zip(articles, stored, strict=True) if one is not before]
    if count and chosen:  # what was learnt of a picture that an editor chose stands in no article
        await asyncio.to_thread(save_marks, context.store, MarkKind.ARTICLE, chosen)
    waiting = {article.id: elsewhere & list_urls([article]) for article in articles}
    rest = [article for article in articles if not waiting[article.id]]
    return StepResult(
        count=count,
        is_changed=bool(count or revised),
        again_at=await asyncio.to_thread(_find_next_looks, rest, context),
        elsewhere={article_id: urls for article_id, urls in waiting.items() if urls},
    )


async def _check_due(articles: Sequence[Article], context: Context, now: datetime) -> tuple[int, set[str]]:
    """Check what is due, and keep what came of it.

    Returns how many pictures that were, and the addresses of those that another process may ask for.
    """
    schedule = await asyncio.to_thread(_read_schedule, articles, context, now)
    due = schedule.find_due(articles, context.fetcher.is_paused)
    askable = context.page_share.find_askable({image.url for image, _ in due})
    ours = [one for one in due if one[0].url in askable]
    checks = PictureChecks(context, elsewhere={image.url for image, _ in due}.difference(askable))
    looked = frozenset(article.id for article in articles)
    for start in range(0, len(ours), BATCH):
        has_room = await asyncio.to_thread(_has_room, context, now)
        checked = await checks.check_batch(ours[start : start + BATCH], makes_copies=has_room)
        await asyncio.to_thread(keep_checked_pictures, checked, looked, context, now)
    log_failures(checks.failures)
    return len(ours), checks.elsewhere


def _choose_pictures(article: Article, rules: Rules, now: datetime) -> Article:
    """Return an article with the picture that an editor chose, if one did: that is looked at, too."""
    images = choose_images(article, rules.decisions.of(article, now))
    return article if images == article.images else replace(article, images=images)


def _read_schedule(articles: Sequence[Article], context: Context, now: datetime) -> PictureSchedule:
    return _make_schedule(read_known_pictures(articles, context, now), context, now)


def _find_next_looks(articles: Sequence[Article], context: Context) -> dict[str, datetime]:
    known = read_pictures(context.store, list_urls(articles))
    return _make_schedule(known, context, context.clock()).find_next_looks(articles)


def _make_schedule(known: dict[str, Picture], context: Context, now: datetime) -> PictureSchedule:
    has_room = _has_room(context, now)
    return PictureSchedule(known=known, now=now, keeps_copies=context.rules.images.cache, has_room=has_room)


def read_known_pictures(articles: Sequence[Article], context: Context, now: datetime) -> dict[str, Picture]:
    """Return what is known of the articles' pictures, without lost copies, and note that they are shown."""
    store, folder = context.store, context.rules.feeds_dir / PICTURE_COPIES
    known = read_pictures(store, list_urls(articles))
    note_uses(articles, known, context, now)
    lost = [p for p in known.values() if p.file is not None and not (folder / p.file).is_file()]
    forget_copies(store, {picture.file for picture in lost if picture.file})
    for picture in lost:
        known[picture.url] = replace(picture, file=None, size_bytes=None, checked_at=now - COPY_AFTER)
    return known


def _has_room(context: Context, now: datetime) -> bool:
    return context.rules.images.cache and make_room(1, context, now) > 0
