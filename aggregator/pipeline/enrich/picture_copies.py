"""Local copies of pictures: kept as far as there is room, and evicted once no feed shows them."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from aggregator.enrich.images import RecodedPicture
from aggregator.enrich.reuse_limits import may_copy_pictures
from aggregator.model import Article
from aggregator.pipeline.context import Context
from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.publish.changed_files import note_changes
from aggregator.publish.files import write_files
from aggregator.publish.tree_paths import PICTURE_COPIES, name_picture_copy
from aggregator.store import (
    Picture,
    evict_pictures,
    find_unknown_copies,
    forget_copies,
    publish_at_once,
    read_copy_users,
    read_pictures,
    read_stored_articles,
    save_pictures,
)

MIB = 1024 * 1024
WRITTEN_WITHIN = timedelta(minutes=1)
"""So long what shows a new file is not published, unless the file is written before."""
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedPicture:
    """What checking a picture gave; ``copy`` is for the cache, ``failure_kind`` says how fetching failed."""

    picture: Picture
    copy: RecodedPicture | None = None
    failure_kind: str | None = None


def make_room(needed_bytes: int, context: Context, now: datetime) -> int:
    """Remove copies that nothing in play shows, as far as needed; return how many bytes are free then.

    Without a cache all of them go: none is shown.
    """
    images = context.rules.images
    limit, before = (images.max_mib * MIB, now) if images.cache else (0, None)
    size = evict_pictures(
        context.store,
        max_bytes=limit - needed_bytes,
        before=before,
        size_of=size_feeds(context.rules),
        remove=partial(_remove_files, context),
    )
    return max(limit - size, 0)


def remove_unwanted_copies(articles: Sequence[Article], context: Context) -> None:
    """Remove copies of these articles' pictures that are not to be kept.

    A copy stays where another article shows the same picture, and its page lets it be kept.
    """
    store = context.store
    urls = {image.url for article in articles if not may_copy_pictures(article) for image in article.images}
    files = {picture.file for picture in read_pictures(store, urls).values() if picture.file} if urls else ()
    if not files:
        return
    users = read_copy_users(store, files)
    known = read_stored_articles(store, {article_id for ids in users.values() for article_id in ids})
    allowing = {article.id for article in known if may_copy_pictures(article)}
    unwanted = sorted(file for file, ids in users.items() if ids.isdisjoint(allowing))
    _remove_files(context, unwanted)
    forget_copies(store, unwanted)


def _remove_files(context: Context, names: Sequence[str]) -> None:
    note_changes(context.rules.feeds_dir, [f"{PICTURE_COPIES}/{name}" for name in names])
    for name in names:
        with suppress(OSError):  # a copy that nobody knows of is looked for at the next start
            (context.rules.feeds_dir / PICTURE_COPIES / name).unlink()


def keep_checked_pictures(
    checked: Sequence[CheckedPicture], looked: Collection[str], context: Context, now: datetime
) -> None:
    """Write the copies that fit into the cache, for which unused ones go, and keep what is known.

    ``looked`` are the ids of the articles that are brought in line with it next.
    """
    sizes = {one.copy.hash: len(one.copy.content) for one in checked if one.copy is not None}
    room = make_room(sum(sizes.values()), context, now) if sizes else 0
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
    # First what is known of them: of a copy that nobody knows of after a kill, nobody would remove the file.
    shown_at = context.clock() + WRITTEN_WITHIN
    known = read_pictures(context.store, [picture.url for picture in pictures])
    save_pictures(context.store, pictures, looked=looked, shown_at=shown_at)
    if files:
        paths = {f"{PICTURE_COPIES}/{name}": content for name, content in files.items()}
        for error in write_files(context.rules.feeds_dir, paths).errors:
            log.error("pictures", error=error)
    replaced = sorted({before.file for before in known.values() if before.file} - files.keys())
    _remove_files(context, find_unknown_copies(context.store, replaced))
    publish_at_once(context.store, shown_at)
