"""Articles as readers may see them: pictures with sizes or copied, publishers with name and logo."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.curate.editor_decisions import apply_to_texts, choose_images, find_last
from aggregator.enrich.logos import LOGO_SIDES
from aggregator.enrich.reuse_limits import limit_reuse, may_copy_pictures
from aggregator.model import Article, Image, Provider, revise
from aggregator.model.decisions import Verb
from aggregator.pipeline.publish.monograms import find_usable_logos
from aggregator.pipeline.publish.release import date_release
from aggregator.pipeline.site import Site
from aggregator.publish.tree_paths import PICTURE_COPIES, name_logo, name_monogram, read_copy_size
from aggregator.rules import Rules
from aggregator.store import Logo, Picture, read_pictures, read_publisher_names


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicArticles:
    """Articles as they are published, by id.

    ``icons`` have by provider domain the file, below the tree's root, of its logo or, where it has none, of
    its monogram.
    """

    articles: Mapping[str, Article]
    icons: Mapping[str, str]


def make_public(articles: Iterable[Article], site: Site) -> PublicArticles:
    """Return articles with the pictures and logos that may be published; imported ones stay as they are.

    What their publishers do not want to be shown is left out. A picture is published with its size, from
    the cache where it is there and may be; one whose size could not be learnt is left out (unless
    ``images.sizes`` is off). Editors' titles, excerpts, pictures and corrections stand in the place of what
    publishers say, as far as they count ``now``.
    """
    articles = tuple(_apply_decisions(limit_reuse(article), site.rules, site.now) for article in articles)
    names = read_publisher_names(site.store, {article.provider.domain for article in articles})
    by_id = {article.id: _set_name(article, names) for article in articles}
    domains = {article.provider.domain for article in by_id.values()}
    pictures = read_pictures(site.store, {image.url for a in by_id.values() for image in a.images})
    by_id = {i: _set_size(article, pictures, site.rules, site.now) for i, article in by_id.items()}
    logos = find_usable_logos(domains, rules=site.rules, store=site.store)
    base_url = site.rules.site.base_url
    return PublicArticles(
        articles={
            i: _make_public(article, pictures, logos, site.rules, base_url) for i, article in by_id.items()
        },
        icons={d: name_logo(d, 50) if d in logos else name_monogram(d) for d in domains},
    )


def _apply_decisions(article: Article, rules: Rules, now: datetime) -> Article:
    decisions = rules.decisions.of(article, now)
    if article.imported is not None:
        return article
    article = date_release(article, rules, now)
    if not decisions:
        return article
    return revise(apply_to_texts(article, decisions), images=choose_images(article, decisions))


def _set_size(article: Article, pictures: Mapping[str, Picture], rules: Rules, now: datetime) -> Article:
    """Give the picture that an editor chose its size, which no article has."""
    chosen = find_last(rules.decisions.of(article, now), Verb.PICTURE)
    known = pictures.get(chosen.value or "") if chosen else None
    if known is None or article.imported is not None:
        return article
    images = (
        replace(image, width=known.width, height=known.height) if image.url == known.url else image
        for image in article.images
    )
    return revise(article, images=tuple(images))


def _set_name(article: Article, names: Mapping[str, str]) -> Article:
    """Give an article the one name of its publisher; that is no change that moves ``updated_at``."""
    name = names.get(article.provider.domain)
    if name in (None, article.provider.name) or article.imported is not None:
        return article
    return revise(article, provider=replace(article.provider, name=name))


def _make_public(
    article: Article,
    pictures: Mapping[str, Picture],
    logos: Mapping[str, Logo],
    rules: Rules,
    base_url: str,
) -> Article:
    if article.imported is not None:
        return article
    images = tuple(_choose_images(article, pictures, rules, base_url))
    provider = _set_logo(article.provider, logos, base_url)
    if images == article.images and provider is article.provider:
        return article
    return revise(article, images=images, provider=provider)


def _choose_images(
    article: Article, pictures: Mapping[str, Picture], rules: Rules, base_url: str
) -> Iterator[Image]:
    settings = rules.images
    is_copied = settings.cache and may_copy_pictures(article)
    for image in article.images:
        known = pictures.get(image.url)
        name = f"{PICTURE_COPIES}/{known.file}" if known and known.file and is_copied else ""
        size = read_copy_size(name)
        if size and (rules.feeds_dir / name).is_file():
            url = f"{base_url}/{name}"
            yield replace(image, url=url, width=size[0], height=size[1], is_cached=True)
        elif (image.width and image.height) or not settings.sizes:
            yield image


def _set_logo(provider: Provider, logos: Mapping[str, Logo], base_url: str) -> Provider:
    if provider.domain not in logos:
        images = tuple(image for image in provider.images if image.width and image.height)
        return provider if images == provider.images else replace(provider, images=images)
    files = ((side, name_logo(provider.domain, side)) for side in LOGO_SIDES)
    images = tuple(Image(url=f"{base_url}/{name}", width=side, height=side) for side, name in files)
    return replace(provider, images=images)
