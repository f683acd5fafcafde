"""Articles after their pictures were checked: sizes in, refused and default pictures out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.model import Article, Image
from aggregator.pipeline.context import Context
from aggregator.store import (
    Picture,
    find_shared_files,
    identify_unread_file,
    note_picture_uses,
    read_pictures,
    revise_articles,
)

MAX_PER_ARTICLE = 3
"""Pictures of an article that are looked at; what is published shows one."""


def note_uses(
    articles: Sequence[Article], known: Mapping[str, Picture], context: Context, now: datetime
) -> frozenset[str]:
    """Note which files the articles show, as far as that is ``known``; return the files' hashes."""
    shown = [(a, image.url) for a in articles for image in a.images[:MAX_PER_ARTICLE]]
    uses = {(_identify_file(url, known), a.id, a.provider.domain) for a, url in shown}
    unread = {(identify_unread_file(url), a.id, a.provider.domain) for a, url in shown}
    note_picture_uses(context.store, uses, {url for _, url in shown}, now, outdated=unread - uses)
    return frozenset(hash_ for hash_, _, _ in uses)


def revise_pictures(articles: Sequence[Article], context: Context, now: datetime) -> int:
    """Bring the articles in line with what is known of their pictures; return how many changed."""
    store = context.store
    known = read_pictures(store, {image.url for a in articles for image in a.images[:MAX_PER_ARTICLE]})
    defaults = find_shared_files(store, note_uses(articles, known, context, now))
    changed = [a.id for a in articles if _revise_article(a, known, defaults) != a]

    def revise(article: Article, source_ids: Sequence[str]) -> Article:
        after = _revise_article(article, known, defaults)
        return article if after == article else context.rules.judge(after, source_ids, now=now)

    return revise_articles(store, changed, revise) if changed else 0


def _identify_file(url: str, known: Mapping[str, Picture]) -> str:
    """Return what tells a file from others: the hash of what was read of it, else of its address."""
    picture = known.get(url)
    return (picture.hash if picture else None) or identify_unread_file(url)


def _revise_article(
    article: Article, known: Mapping[str, Picture], defaults: frozenset[tuple[str, str]]
) -> Article:
    """Return ``article`` with the sizes that are known, without pictures that are none of its own.

    ``defaults`` are files, as key and provider domain, that many articles of a publisher show.
    """
    images = tuple(_revise_images(article, known, defaults))
    if images == article.images:
        return article
    is_less = len(images) < len(article.images)
    origins = {**article.origins, "images": "file"} if is_less or not images else article.origins
    return replace(article, images=images, origins=origins)


def _revise_images(
    article: Article, known: Mapping[str, Picture], defaults: frozenset[tuple[str, str]]
) -> Iterator[Image]:
    for image in article.images:
        picture = known.get(image.url)
        is_refused = picture is not None and picture.problem is not None and picture.hash is not None
        if is_refused or (_identify_file(image.url, known), article.provider.domain) in defaults:
            continue
        if picture is not None and picture.width and picture.height:
            yield replace(image, width=picture.width, height=picture.height)
        else:
            yield image
