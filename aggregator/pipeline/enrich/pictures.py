"""The pictures job: sizes learnt, what is no article's picture dropped, local copies made and evicted.

    articles in play -> pictures not looked at yet -> first bytes, or the whole file for the cache
        -> what is known of each, kept -> articles revised: sizes in, refused and default pictures out

Each batch is stored by itself: killed at any moment, the job goes on where it was.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from aggregator.enrich.images import (
    FIRST_BYTES,
    ImageRefused,
    Recoded,
    Size,
    checked_size,
    hash_of,
    recode,
)
from aggregator.errors import AggregatorError, BodyTooLarge, ServicePaused
from aggregator.fetch.feed import Fetcher
from aggregator.machine.clock_skew import has_elapsed
from aggregator.model import Article, Image
from aggregator.pipeline.context import Clock
from aggregator.pipeline.enrich.picture_failures import PictureFailure, kind_of, tell_failures
from aggregator.publish.files import write_files
from aggregator.publish.tree_paths import PICTURE_COPIES, name_picture_copy
from aggregator.rules import Rules
from aggregator.store import (
    Picture,
    Store,
    evict_pictures,
    find_shared_files,
    measure_cache,
    note_picture_uses,
    read_pictures,
    revise_articles,
    save_pictures,
)

PICTURE_ACCEPT = "image/avif, image/webp, image/jpeg, image/png, image/gif, image/*;q=0.5"
PER_ARTICLE = 3
"""Pictures of an article that are looked at; what is published shows one."""
BATCH = 24
AT_A_TIME = 8
DECODING = 2
RETRY_AFTER = timedelta(days=1)
COPY_AFTER = timedelta(hours=1)
"""A picture that did not fit into the cache is not fetched again sooner."""
DEFAULT_FROM = 5
"""A file that so many articles of a publisher show is the publisher's default and no article's own."""
TINY_PX = 3
ICON_PX = 50
MIB = 1024 * 1024
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class PicturesChecked:
    """What the job did: pictures looked at, articles revised; ``left`` are for next time."""

    looked_at: int = 0
    revised: int = 0
    left: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """What a look at a picture gave; ``copy`` is for the cache, ``failed`` how fetching failed."""

    picture: Picture
    copy: Recoded | None = None
    failed: str | None = None


async def check_pictures(
    articles: Sequence[Article],
    *,
    rules: Rules,
    store: Store,
    fetcher: Fetcher,
    clock: Clock,
    limit: int = 400,
) -> PicturesChecked:
    """Look at up to ``limit`` pictures of the ``articles``, which are all that are in play, and revise these.

    A picture that cannot be used is logged with its reason and its article, those that cannot be fetched
    by kinds of failure; it stops nothing.
    """
    if not rules.images.sizes:
        return PicturesChecked()
    now = clock()
    images = {image.url: (image, a) for a in reversed(articles) for image in a.images[:PER_ARTICLE]}
    await asyncio.to_thread(_note_in_use, articles, rules, store, now)
    known = await asyncio.to_thread(read_pictures, store, images)
    room = await asyncio.to_thread(_room, rules, store, now)
    due = [
        url
        for url, (image, _) in images.items()
        if _is_due(image, known.get(url), rules, now, room) and not fetcher.is_paused(url)
    ]
    taken = due[:limit]
    failures: list[PictureFailure] = []
    for start in range(0, len(taken), BATCH):
        chosen = [images[url] for url in taken[start : start + BATCH]]
        room = await asyncio.to_thread(_room, rules, store, now)
        looks = await _look_at(chosen, rules, fetcher, clock, failures, caches=room > 0)
        await asyncio.to_thread(_keep, looks, rules, store, now)
    tell_failures(failures)
    revised = await asyncio.to_thread(_revise, articles, rules, store, now)
    return PicturesChecked(looked_at=len(taken), revised=revised, left=len(due) - len(taken))


def _note_in_use(articles: Sequence[Article], rules: Rules, store: Store, now: datetime) -> None:
    """Note which pictures are in use; copies that are more than they may be by now go."""
    note_picture_uses(store, (), {image.url for article in articles for image in article.images}, now)
    _evict(rules, store, 0, now)


def _room(rules: Rules, store: Store, now: datetime) -> int:
    """Return how many bytes the cache may take besides what is in use at ``now``; 0 where it is off."""
    images = rules.images
    return max(images.max_mib * MIB - measure_cache(store, used_since=now), 0) if images.cache else 0


def _is_due(image: Image, known: Picture | None, rules: Rules, now: datetime, room: int) -> bool:
    if known is None:
        return rules.images.cache or not (image.width and image.height)
    if known.problem:
        return known.hash is None and has_elapsed(RETRY_AFTER, since=known.checked_at, now=now)
    if known.file is not None:
        return not (rules.feeds_dir / PICTURE_COPIES / known.file).is_file()
    return room > 0 and has_elapsed(COPY_AFTER, since=known.checked_at, now=now)


async def _look_at(
    chosen: Sequence[tuple[Image, Article]], rules: Rules, fetcher: Fetcher, clock: Clock,
    failures: list[PictureFailure], *, caches: bool,
) -> list[_Look]:  # fmt: skip
    """Return what looks at these pictures gave; what cannot be used is added to ``failures``."""
    fetching, decoding = asyncio.Semaphore(AT_A_TIME), asyncio.Semaphore(DECODING)

    async def one(image: Image, article: Article) -> _Look | None:
        async with fetching:
            try:
                look = await _look(image.url, rules, fetcher, clock(), decoding if caches else None)
            except ServicePaused:  # since a moment: it stays due
                return None
        if problem := look.picture.problem:
            failures.append(PictureFailure(image.url, article, problem, look.failed))
        return look

    looks = await asyncio.gather(*(one(image, article) for image, article in chosen))
    return [look for look in looks if look is not None]


async def _look(
    url: str, rules: Rules, fetcher: Fetcher, now: datetime, decoding: asyncio.Semaphore | None
) -> _Look:
    """Return what is known of a picture after a look; ``decoding`` None means: no copy is wanted.

    Raises ServicePaused where nobody looked.
    """
    seen = Picture(url=url, checked_at=now, used_at=now)
    images = rules.images
    try:
        fetched = await fetcher.get(
            url,
            accept=PICTURE_ACCEPT,
            max_body_bytes=images.max_bytes,
            first_bytes=None if decoding else FIRST_BYTES,
        )
    except BodyTooLarge:
        return _Look(
            picture=replace(seen, problem=f"{url}: is more than the {images.max_bytes} of images.max_bytes")
        )
    except ServicePaused:
        raise
    except AggregatorError as error:
        return _Look(picture=replace(seen, problem=str(error)), failed=kind_of(error))
    seen = replace(seen, hash=hash_of(fetched.body))
    try:
        size = _wanted(checked_size(fetched.body, max_pixels=images.max_pixels))
        copy = None
        if decoding:
            async with decoding:
                copy = await asyncio.to_thread(
                    recode, fetched.body, max_pixels=images.max_pixels, max_side=images.max_side
                )
    except ImageRefused as error:
        return _Look(picture=replace(seen, problem=f"{url}: {error}"))
    return _Look(picture=replace(seen, width=size.width, height=size.height), copy=copy)


def _wanted(size: Size) -> Size:
    """Return the size of a picture that is worth showing; raises ImageRefused."""
    if min(size.width, size.height) <= TINY_PX or max(size.width, size.height) < ICON_PX:
        raise ImageRefused(f"is {size.width} x {size.height} pixels: a tracking pixel, spacer or icon")
    return size


def _keep(looks: Sequence[_Look], rules: Rules, store: Store, now: datetime) -> None:
    """Write the copies that fit into the cache, for which unused ones go, and keep what is known."""
    room = _room(rules, store, now)
    found: list[Picture] = []
    files: dict[str, bytes] = {}
    for look in looks:
        copy = look.copy
        if copy is None or len(copy.content) > room:
            found.append(look.picture)
            continue
        name = name_picture_copy(copy.hash, copy.width, copy.height)
        room -= 0 if name in files else len(copy.content)
        files[name] = copy.content
        found.append(replace(look.picture, file=name, size_bytes=len(copy.content)))
    if files:
        _evict(rules, store, sum(map(len, files.values())), now)
    # First what is known of them: of a copy that nobody knows of after a kill, nobody would remove the file.
    save_pictures(store, found)
    if files:
        named = {f"{PICTURE_COPIES}/{name}": content for name, content in files.items()}
        for error in write_files(rules.feeds_dir, named).errors:
            log.error("pictures", error=error)


def _evict(rules: Rules, store: Store, needed_bytes: int, now: datetime) -> None:
    """Remove copies that are not in use at ``now``, until there is room for ``needed_bytes``.

    Without a cache all of them go: none is shown.
    """
    images = rules.images
    limit, before = (images.max_mib * MIB - needed_bytes, now) if images.cache else (0, None)

    def remove(names: Sequence[str]) -> None:
        for name in names:
            with suppress(OSError):  # a copy that nobody knows of is looked for at the next start
                (rules.feeds_dir / PICTURE_COPIES / name).unlink()

    evict_pictures(store, max_bytes=limit, before=before, remove=remove)


def _revise(articles: Sequence[Article], rules: Rules, store: Store, now: datetime) -> int:
    """Bring the articles in line with what is known of their pictures; return how many changed."""
    shown = [(a, image) for a in articles for image in a.images[:PER_ARTICLE]]
    known = read_pictures(store, {image.url for _, image in shown})
    uses = {(_key(i.url, known), a.id, a.provider.domain) for a, i in shown}
    note_picture_uses(store, uses, (), now)
    defaults = find_shared_files(store, {hash_ for hash_, _, _ in uses}, least=DEFAULT_FROM)
    changed = [a.id for a in articles if settled(a, known, defaults) != a]

    def revise(article: Article, source_ids: Sequence[str]) -> Article:
        after = settled(article, known, defaults)
        return article if after == article else rules.judge(after, source_ids)

    return revise_articles(store, changed, revise) if changed else 0


def _key(url: str, known: Mapping[str, Picture]) -> str:
    """Return what tells a file: the hash of what was read of it, else of its address."""
    picture = known.get(url)
    return (picture.hash if picture else None) or hash_of(url.encode("utf-8", "replace"))


def settled(article: Article, known: Mapping[str, Picture], defaults: frozenset[tuple[str, str]]) -> Article:
    """Return ``article`` with the sizes that are known, without pictures that are none of its own.

    ``defaults`` are files, as key and provider domain, that many articles of a publisher show.
    """
    images = tuple(_settled(article, known, defaults))
    if images == article.images:
        return article
    is_less = len(images) < len(article.images)
    origins = {**article.origins, "images": "file"} if is_less or not images else article.origins
    return replace(article, images=images, origins=origins)


def _settled(
    article: Article, known: Mapping[str, Picture], defaults: frozenset[tuple[str, str]]
) -> Iterator[Image]:
    for image in article.images:
        picture = known.get(image.url)
        is_refused = picture is not None and picture.problem is not None and picture.hash is not None
        if is_refused or (_key(image.url, known), article.provider.domain) in defaults:
            continue
        if picture is not None and picture.width and picture.height:
            yield replace(image, width=picture.width, height=picture.height)
        else:
            yield image
