"""Fetching and judging pictures: what is learnt of each, or why it cannot be used."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from aggregator.enrich.images import FIRST_BYTES, PictureSize, check_size, hash_of, recode
from aggregator.enrich.reuse_limits import may_copy_pictures
from aggregator.errors import AggregatorError, BodyTooLarge, ImageRefused, ServicePaused, TurnPassed
from aggregator.fetch.pages import refuse_late
from aggregator.model import Article, Fetched, Image
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.picture_copies import CheckedPicture
from aggregator.pipeline.enrich.picture_failures import PictureFailure, find_failure_kind
from aggregator.store import Picture

PICTURE_ACCEPT = "image/avif, image/webp, image/jpeg, image/png, image/gif, image/*;q=0.5"
AT_A_TIME = 8
DECODING = 2
TINY_PX = 3
ICON_PX = 50


@dataclass(slots=True)
class PictureChecks:
    """Pictures that are checked, a batch at a time.

    ``failures``   those that cannot be used
    ``elsewhere``  the addresses of those that another process may ask for
    """

    context: Context
    failures: list[PictureFailure] = field(default_factory=list)
    elsewhere: set[str] = field(default_factory=set)

    async def check_batch(
        self, batch: Sequence[tuple[Image, Article]], *, makes_copies: bool
    ) -> list[CheckedPicture]:
        """Return what checking these pictures gave, each with an article that shows it."""
        fetching, decoding = asyncio.Semaphore(AT_A_TIME), asyncio.Semaphore(DECODING)

        async def check_one(image: Image, article: Article) -> CheckedPicture | None:
            is_copied = makes_copies and may_copy_pictures(article)
            async with fetching:
                return await self._check(image, article, decoding if is_copied else None)

        results = await asyncio.gather(*(check_one(image, article) for image, article in batch))
        return [checked for checked in results if checked is not None]

    async def _check(
        self, image: Image, article: Article, decoding: asyncio.Semaphore | None
    ) -> CheckedPicture | None:
        """Return what is known of a picture now; None where it could not be asked for."""
        try:
            checked = await _check_picture(image.url, self.context, decoding)
        except TurnPassed:
            self.elsewhere.add(image.url)
            return None
        except ServicePaused:  # since a moment: it stays due
            return None
        if problem := checked.picture.problem:
            self.failures.append(PictureFailure(image.url, article, problem, checked.failure_kind))
        return checked


async def _check_picture(url: str, context: Context, decoding: asyncio.Semaphore | None) -> CheckedPicture:
    """Return what is known of a picture after fetching it; without ``decoding`` no copy is made.

    Raises ServicePaused where it was not fetched, TurnPassed where that is for another process.
    """
    now, max_bytes = context.clock(), context.rules.images.max_bytes
    picture = Picture(url=url, checked_at=now, used_at=now)
    try:
        fetched = await _fetch_picture(url, context, None if decoding else FIRST_BYTES)
    except BodyTooLarge:
        problem = f"{url}: is more than the {max_bytes} of images.max_bytes"
        return CheckedPicture(picture=replace(picture, problem=problem))
    except ServicePaused:
        raise
    except AggregatorError as error:
        failure_kind = find_failure_kind(error)
        return CheckedPicture(picture=replace(picture, problem=str(error)), failure_kind=failure_kind)
    picture = replace(picture, hash=hash_of(fetched.body))
    try:
        return await _judge_picture(picture, fetched.body, context, decoding)
    except ImageRefused as error:
        return CheckedPicture(picture=replace(picture, problem=f"{url}: {error}"))


async def _fetch_picture(url: str, context: Context, first_bytes: int | None) -> Fetched:
    with context.page_share.read(url) as begin_by_s:
        refuse_late(url, begin_by_s)
        return await context.fetcher.get(
            url,
            accept=PICTURE_ACCEPT,
            max_body_bytes=context.rules.images.max_bytes,
            first_bytes=first_bytes,
        )


async def _judge_picture(
    picture: Picture, body: bytes, context: Context, decoding: asyncio.Semaphore | None
) -> CheckedPicture:
    """Return a picture with its size, and with a copy where there is ``decoding``; raises ImageRefused."""
    limits = context.rules.images
    size = check_size(body, max_pixels=limits.max_pixels)
    _refuse_small(size)
    picture = replace(picture, width=size.width, height=size.height)
    if decoding is None:
        return CheckedPicture(picture=picture)
    async with decoding:
        copy = await asyncio.to_thread(recode, body, max_pixels=limits.max_pixels, max_side=limits.max_side)
    return CheckedPicture(picture=picture, copy=copy)


def _refuse_small(size: PictureSize) -> None:
    """Raise ImageRefused for a picture that is too small to be worth showing."""
    if min(size.width, size.height) <= TINY_PX or max(size.width, size.height) < ICON_PX:
        raise ImageRefused(f"is {size.width} x {size.height} pixels: a tracking pixel, spacer or icon")
