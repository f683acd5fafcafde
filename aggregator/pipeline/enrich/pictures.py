"""The pictures of articles that feeds show: sizes learnt, what is no picture dropped, copies made.

    pictures that are due ─► first bytes, or the whole file for a copy ─► size, or why it cannot be used
        ─► kept, a batch at a time (picture_copies) ─► articles revised (picture_revision)

Each batch is stored by itself: killed at any moment, the step goes on where it was.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.curate.editor_decisions import choose_images
from aggregator.enrich.images import FIRST_BYTES, PictureSize, check_size, hash_of, recode
from aggregator.enrich.reuse_limits import limit_reuse, may_copy_pictures
from aggregator.errors import AggregatorError, BodyTooLarge, ImageRefused, ServicePaused, TurnPassed
from aggregator.fetch.pages import refuse_late
from aggregator.model import Article, Image
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.picture_copies import (
    CheckedPicture,
    keep_checked_pictures,
    make_room,
    remove_unwanted_copies,
)
from aggregator.pipeline.enrich.picture_failures import PictureFailure, kind_of_failure, log_failures
from aggregator.pipeline.enrich.picture_revision import MAX_PER_ARTICLE, note_uses, revise_pictures
from aggregator.pipeline.enrich.step_result import StepResult
from aggregator.pipeline.enrich.waits import PAUSED_AFTER, find_end_of_wait
from aggregator.publish.tree_paths import PICTURE_COPIES
from aggregator.rules import Rules
from aggregator.store import MarkKind, Picture, forget_copies, read_pictures, save_marks

PICTURE_ACCEPT = "image/avif, image/webp, image/jpeg, image/png, image/gif, image/*;q=0.5"
BATCH = 24
AT_A_TIME = 8
DECODING = 2
RETRY_AFTER = timedelta(days=1)
COPY_AFTER = timedelta(hours=1)
"""A picture that did not fit into the cache is not fetched again sooner."""
TINY_PX = 3
ICON_PX = 50


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
    known = await asyncio.to_thread(_read_known, articles, context, now)
    has_room = await asyncio.to_thread(_has_room, context, now)
    due = _find_due(articles, known, context, now, has_room=has_room)
    urls = {image.url for image, _ in due}
    askable = context.page_share.find_askable(urls)
    ours, elsewhere = [one for one in due if one[0].url in askable], urls.difference(askable)
    failures: list[PictureFailure] = []
    looked = frozenset(article.id for article in articles)
    for start in range(0, len(ours), BATCH):
        has_room = await asyncio.to_thread(_has_room, context, now)
        batch = ours[start : start + BATCH]
        checked = await _check_batch(batch, context, failures, elsewhere, makes_copies=has_room)
        await asyncio.to_thread(keep_checked_pictures, checked, looked, context, now)
    log_failures(failures)
    revised = await asyncio.to_thread(revise_pictures, articles, context, now)
    chosen = [one.id for one, before in zip(articles, stored, strict=True) if one is not before]
    if ours and chosen:  # what was learnt of a picture that an editor chose stands in no article
        await asyncio.to_thread(save_marks, context.store, MarkKind.ARTICLE, chosen)
    waiting = {article.id: elsewhere & _list_urls([article]) for article in articles}
    rest = [article for article in articles if not waiting[article.id]]
    again_at = await asyncio.to_thread(_find_next_looks, rest, context, has_room=has_room)
    return StepResult(
        count=len(ours), is_changed=bool(ours or revised), again_at=again_at,
        elsewhere={article_id: urls for article_id, urls in waiting.items() if urls},
    )  # fmt: skip


def _choose_pictures(article: Article, rules: Rules, now: datetime) -> Article:
    """Return an article with the picture that an editor chose, if one did: that is looked at, too."""
    images = choose_images(article, rules.decisions.of(article, now))
    return article if images == article.images else replace(article, images=images)


def _read_known(articles: Sequence[Article], context: Context, now: datetime) -> dict[str, Picture]:
    """Return what is known of the articles' pictures, without lost copies, and note that they are shown."""
    store, folder = context.store, context.rules.feeds_dir / PICTURE_COPIES
    known = read_pictures(store, _list_urls(articles))
    note_uses(articles, known, context, now)
    lost = [p for p in known.values() if p.file is not None and not (folder / p.file).is_file()]
    forget_copies(store, {picture.file for picture in lost if picture.file})
    for picture in lost:
        known[picture.url] = replace(picture, file=None, size_bytes=None, checked_at=now - COPY_AFTER)
    return known


def _list_urls(articles: Sequence[Article]) -> set[str]:
    return {image.url for article in articles for image in article.images[:MAX_PER_ARTICLE]}


def _has_room(context: Context, now: datetime) -> bool:
    return context.rules.images.cache and make_room(1, context, now) > 0


def _find_due(
    articles: Sequence[Article],
    known: Mapping[str, Picture],
    context: Context,
    now: datetime,
    *,
    has_room: bool,
) -> list[tuple[Image, Article]]:
    """Return the pictures that are to be fetched, each with the first article that shows it, in order."""
    images: dict[str, tuple[Image, Article]] = {}
    for article in articles:
        for image in article.images[:MAX_PER_ARTICLE]:
            images.setdefault(image.url, (image, article))
    next_looks = {
        url: _find_next_look(image, article, known.get(url), context.rules, now, has_room=has_room)
        for url, (image, article) in images.items()
        if not context.fetcher.is_paused(url)
    }
    return [images[url] for url, at in next_looks.items() if at is not None and at <= now]


def _find_next_looks(articles: Sequence[Article], context: Context, *, has_room: bool) -> dict[str, datetime]:
    """Return when each article is to be looked at again, without those that need not be.

    What is due still could not be asked for.
    """
    now = context.clock()
    known = read_pictures(context.store, _list_urls(articles))
    found: dict[str, datetime] = {}
    for article in articles:
        times = (
            _find_next_look(image, article, known.get(image.url), context.rules, now, has_room=has_room)
            for image in article.images[:MAX_PER_ARTICLE]
        )
        due = [at if at > now else now + PAUSED_AFTER for at in times if at is not None]
        if due:
            found[article.id] = min(due)
    return found


def _find_next_look(
    image: Image, article: Article, known: Picture | None, rules: Rules, now: datetime, *, has_room: bool
) -> datetime | None:
    """Return when a picture is to be fetched, ``now`` where it is due, None: not as things are."""
    is_copied = rules.images.cache and may_copy_pictures(article)
    if known is None:
        return now if is_copied or not (image.width and image.height) else None
    if known.problem:
        return None if known.hash is not None else find_end_of_wait(RETRY_AFTER, known.checked_at, now)
    if known.file is not None or not is_copied:
        return None
    at = find_end_of_wait(COPY_AFTER, known.checked_at, now)
    return at if has_room else max(at, now + COPY_AFTER)


async def _check_batch(
    batch: Sequence[tuple[Image, Article]], context: Context, failures: list[PictureFailure],
    elsewhere: set[str], *, makes_copies: bool,
) -> list[CheckedPicture]:  # fmt: skip
    """Return what checking these pictures gave; what cannot be used is added to ``failures``.

    Those that another process may ask for by now are added to ``elsewhere``.
    """
    fetching, decoding = asyncio.Semaphore(AT_A_TIME), asyncio.Semaphore(DECODING)

    async def check_one(image: Image, article: Article) -> CheckedPicture | None:
        async with fetching:
            try:
                copies = makes_copies and may_copy_pictures(article)
                checked = await _check_picture(image.url, context, decoding if copies else None)
            except TurnPassed:
                elsewhere.add(image.url)
                return None
            except ServicePaused:  # since a moment: it stays due
                return None
        if problem := checked.picture.problem:
            failures.append(PictureFailure(image.url, article, problem, checked.failure_kind))
        return checked

    results = await asyncio.gather(*(check_one(image, article) for image, article in batch))
    return [checked for checked in results if checked is not None]


async def _check_picture(url: str, context: Context, decoding: asyncio.Semaphore | None) -> CheckedPicture:
    """Return what is known of a picture after fetching it; without ``decoding`` no copy is made.

    Raises ServicePaused where it was not fetched, TurnPassed where that is for another process.
    """
    images, now = context.rules.images, context.clock()
    picture = Picture(url=url, checked_at=now, used_at=now)
    try:
        with context.page_share.read(url) as begin_by_s:
            refuse_late(url, begin_by_s)
            fetched = await context.fetcher.get(
                url,
                accept=PICTURE_ACCEPT,
                max_body_bytes=images.max_bytes,
                first_bytes=None if decoding else FIRST_BYTES,
            )
    except BodyTooLarge:
        problem = f"{url}: is more than the {images.max_bytes} of images.max_bytes"
        return CheckedPicture(picture=replace(picture, problem=problem))
    except ServicePaused:
        raise
    except AggregatorError as error:
        failure_kind = kind_of_failure(error)
        return CheckedPicture(picture=replace(picture, problem=str(error)), failure_kind=failure_kind)
    picture = replace(picture, hash=hash_of(fetched.body))
    try:
        size = check_size(fetched.body, max_pixels=images.max_pixels)
        _refuse_small(size)
        copy = None
        if decoding:
            async with decoding:
                copy = await asyncio.to_thread(
                    recode, fetched.body, max_pixels=images.max_pixels, max_side=images.max_side
                )
    except ImageRefused as error:
        return CheckedPicture(picture=replace(picture, problem=f"{url}: {error}"))
    return CheckedPicture(picture=replace(picture, width=size.width, height=size.height), copy=copy)


def _refuse_small(size: PictureSize) -> None:
    """Raise ImageRefused for a picture that is too small to be worth showing."""
    if min(size.width, size.height) <= TINY_PX or max(size.width, size.height) < ICON_PX:
        raise ImageRefused(f"is {size.width} x {size.height} pixels: a tracking pixel, spacer or icon")
