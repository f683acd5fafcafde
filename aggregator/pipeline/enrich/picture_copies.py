"""Local copies of pictures: kept as far as there is room, and evicted once no article in play shows them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from aggregator.enrich.images import RecodedPicture
from aggregator.model import Article
from aggregator.pipeline.context import Context
from aggregator.publish.files import write_files
from aggregator.publish.tree_paths import PICTURE_COPIES, name_picture_copy
from aggregator.store import Picture, evict_pictures, measure_cache, note_picture_uses, save_pictures

MIB = 1024 * 1024
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedPicture:
    """What checking a picture gave; ``copy`` is for the cache, ``failure_kind`` says how fetching failed."""

    picture: Picture
    copy: RecodedPicture | None = None
    failure_kind: str | None = None


def count_free_bytes(context: Context, now: datetime) -> int:
    """Return how many bytes the cache may take besides what is in use at ``now``; 0 where it is off."""
    images = context.rules.images
    if not images.cache:
        return 0
    return max(images.max_mib * MIB - measure_cache(context.store, used_since=now), 0)


def note_pictures_in_use(articles: Sequence[Article], context: Context, now: datetime) -> None:
    """Note which pictures are in use, and remove copies where there is no room for them by now."""
    note_picture_uses(context.store, (), {image.url for article in articles for image in article.images}, now)
    _evict(context, 0, now)


def keep_checked_pictures(checked: Sequence[CheckedPicture], context: Context, now: datetime) -> None:
    """Write the copies that fit into the cache, for which unused ones go, and keep what is known."""
    room = count_free_bytes(context, now)
    pictures: list[Picture] = []
    files: dict[str, bytes] = {}
    for one in checked:
        copy = one.copy
        if copy is None or len(copy.content) > room:
            pictures.append(one.picture)
            continue
        name = name_picture_copy(copy.hash, copy.width, copy.height)
        room -= 0 if name in files else len(copy.content)
        files[name] = copy.content
        pictures.append(replace(one.picture, file=name, size_bytes=len(copy.content)))
    if files:
        _evict(context, sum(map(len, files.values())), now)
    # First what is known of them: of a copy that nobody knows of after a kill, nobody would remove the file.
    save_pictures(context.store, pictures)
    if files:
        paths = {f"{PICTURE_COPIES}/{name}": content for name, content in files.items()}
        for error in write_files(context.rules.feeds_dir, paths).errors:
            log.error("pictures", error=error)


def _evict(context: Context, needed_bytes: int, now: datetime) -> None:
    """Remove copies that are not in use at ``now``, until there is room for ``needed_bytes``.

    Without a cache all of them go: none is shown.
    """
    images = context.rules.images
    limit, before = (images.max_mib * MIB - needed_bytes, now) if images.cache else (0, None)

    def remove(names: Sequence[str]) -> None:
        for name in names:
            with suppress(OSError):  # a copy that nobody knows of is looked for at the next start
                (context.rules.feeds_dir / PICTURE_COPIES / name).unlink()

    evict_pictures(context.store, max_bytes=limit, before=before, remove=remove)
