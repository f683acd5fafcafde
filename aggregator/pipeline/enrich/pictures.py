"""The pictures of articles in play: sizes learnt, what is no article's picture dropped, local copies made.

    pictures that are due ─► first bytes, or the whole file for a copy ─► size, or why it cannot be used
        ─► kept, a batch at a time (picture_copies) ─► articles revised (picture_revision)

Each batch is stored by itself: killed at any moment, the step goes on where it was.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.enrich.images import FIRST_BYTES, PictureSize, check_size, hash_of, recode
from aggregator.errors import AggregatorError, BodyTooLarge, ImageRefused, ServicePaused
from aggregator.model import Article, Image
from aggregator.model.clock_skew import has_elapsed
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.picture_copies import (
    CheckedPicture,
    count_free_bytes,
    keep_checked_pictures,
    note_pictures_in_use,
)
from aggregator.pipeline.enrich.picture_failures import PictureFailure, kind_of_failure, log_failures
from aggregator.pipeline.enrich.picture_revision import MAX_PER_ARTICLE, revise_pictures
from aggregator.pipeline.enrich.step_result import StepResult
from aggregator.publish.tree_paths import PICTURE_COPIES
from aggregator.rules import Rules
from aggregator.store import Picture, read_pictures

PICTURE_ACCEPT = "image/avif, image/webp, image/jpeg, image/png, image/gif, image/*;q=0.5"
BATCH = 24
AT_A_TIME = 8
DECODING = 2
RETRY_AFTER = timedelta(days=1)
COPY_AFTER = timedelta(hours=1)
"""A picture that did not fit into the cache is not fetched again sooner."""
TINY_PX = 3
ICON_PX = 50


async def check_pictures(articles: Sequence[Article], context: Context, *, limit: int = 400) -> StepResult:
    """Check up to ``limit`` pictures of the ``articles``, which are all that are in play, and revise these.

    A picture that cannot be used is logged with its reason and its article, those that cannot be fetched
    by kinds of failure; it stops nothing.
    """
    now = context.clock()
    images = {image.url: (image, a) for a in reversed(articles) for image in a.images[:MAX_PER_ARTICLE]}
    await asyncio.to_thread(note_pictures_in_use, articles, context, now)
    known = await asyncio.to_thread(read_pictures, context.store, images)
    room = await asyncio.to_thread(count_free_bytes, context, now)
    due = [
        url
        for url, (image, _) in images.items()
        if _is_due(image, known.get(url), context.rules, now, room) and not context.fetcher.is_paused(url)
    ]
    taken = due[:limit]
    failures: list[PictureFailure] = []
    for start in range(0, len(taken), BATCH):
        batch = [images[url] for url in taken[start : start + BATCH]]
        room = await asyncio.to_thread(count_free_bytes, context, now)
        checked = await _check_batch(batch, context, failures, makes_copies=room > 0)
        await asyncio.to_thread(keep_checked_pictures, checked, context, now)
    log_failures(failures)
    revised = await asyncio.to_thread(revise_pictures, articles, context, now)
    return StepResult(count=len(taken), left=len(due) - len(taken), is_changed=bool(taken or revised))


def _is_due(image: Image, known: Picture | None, rules: Rules, now: datetime, room: int) -> bool:
    if known is None:
        return rules.images.cache or not (image.width and image.height)
    if known.problem:
        return known.hash is None and has_elapsed(RETRY_AFTER, since=known.checked_at, now=now)
    if known.file is not None:
        return not (rules.feeds_dir / PICTURE_COPIES / known.file).is_file()
    return room > 0 and has_elapsed(COPY_AFTER, since=known.checked_at, now=now)


async def _check_batch(
    batch: Sequence[tuple[Image, Article]], context: Context, failures: list[PictureFailure],
    *, makes_copies: bool,
) -> list[CheckedPicture]:  # fmt: skip
    """Return what checking these pictures gave; what cannot be used is added to ``failures``."""
    fetching, decoding = asyncio.Semaphore(AT_A_TIME), asyncio.Semaphore(DECODING)

    async def check_one(image: Image, article: Article) -> CheckedPicture | None:
        async with fetching:
            try:
                checked = await _check_picture(image.url, context, decoding if makes_copies else None)
            except ServicePaused:  # since a moment: it stays due
                return None
        if problem := checked.picture.problem:
            failures.append(PictureFailure(image.url, article, problem, checked.failure_kind))
        return checked

    results = await asyncio.gather(*(check_one(image, article) for image, article in batch))
    return [checked for checked in results if checked is not None]


async def _check_picture(url: str, context: Context, decoding: asyncio.Semaphore | None) -> CheckedPicture:
    """Return what is known of a picture after fetching it; without ``decoding`` no copy is made.

    Raises ServicePaused where it was not fetched.
    """
    images, now = context.rules.images, context.clock()
    picture = Picture(url=url, checked_at=now, used_at=now)
    try:
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
