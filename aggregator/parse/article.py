"""From what an entry says to an article: plain text, absolute addresses, dates fixed in UTC.

Nothing here compares with what is already known (``identity`` does), and providers are still only
the domain of the address.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from html import unescape
from typing import NamedTuple

from aggregator.html import embed_for, first_image, has_pictures, is_decoration, is_small, safe_embed
from aggregator.model import (
    Article,
    Enclosure,
    Entry,
    Image,
    ParsedFeed,
    Source,
    create,
    make_article_id,
    make_id,
    revise,
)
from aggregator.parse.addresses import repair_address
from aggregator.parse.dates.dates import EARLIEST
from aggregator.parse.entry_links import Identified, Links
from aggregator.parse.people.attribution import attribute_entry
from aggregator.parse.people.names import clean_authors, clean_language
from aggregator.parse.texts.recurring_lines import Learned
from aggregator.parse.texts.title_excerpt import Lines, choose_title, make_excerpt
from aggregator.parse.texts.title_repeats import repeats_title
from aggregator.text import title_key
from aggregator.urls import absolute_url, canonical_url, host_of, registrable_domain

FUTURE_ALLOWED = timedelta(hours=1)
"""A date further ahead than clocks and time zones are ever wrong is none."""
MAX_IMAGES = 5
MAX_ENCLOSURES = 10
_SEARCHED_CHARS = 100_000
_SAID = (
    "excerpt", "original_url", "web_url", "featured_content", "images", "enclosures", "authors", "credit",
)  # fmt: skip
"""What an article has from its entry, where it has it."""


class _Wording(NamedTuple):
    title: str
    excerpt: str | None
    title_origin: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryContext:
    """What an entry's article is made by, besides the entry: whose it is, and when it was seen.

    ``now``      the time first seen, by a clock that is ``lag`` behind
    ``learned``  what recurs in the texts of the source
    """

    feed: ParsedFeed
    source: Source
    now: datetime
    lag: timedelta
    learned: Learned


def make_article(one: Identified, lines: Lines, context: EntryContext) -> Article | None:
    """Return the article that an entry becomes, None where it says nothing.

    ``lines`` are the entry's. The article's provider is only the registrable domain of its address (of the
    site where it has none).
    """
    excerpt = make_excerpt(one.entry, lines=lines, learned=context.learned)
    wording = _choose_wording(one, lines.title, excerpt, context.feed.title)
    return _make_article(one, wording, context) if wording else None


def _make_article(one: Identified, wording: _Wording, context: EntryContext) -> Article:
    entry, links, feed, source = one.entry, one.links, context.feed, context.source
    stated_at = _choose_stated_at(entry, context.now + context.lag)
    embed = _find_embed(entry, links)
    language, language_origin = _choose_language(entry, source, feed)
    whose = attribute_entry(entry, feed, url=links.web_url, domain=_find_domain(links, feed, source))
    article = create(
        Article,
        id=_make_first_id(one, wording, source_id=source.id, stated_at=stated_at),
        source_id=source.id,
        provider=whose.provider,
        title=wording.title,
        published_at=stated_at or context.now,
        first_seen_at=context.now,
        updated_at=stated_at or context.now,
        entry_id=one.entry_id,
        canonical_url=one.canonical_url,
        stated_at=stated_at,
        excerpt=wording.excerpt,
        original_url=links.original_url,
        amp_link=absolute_url(entry.base_url, entry.amp_link),
        web_url=None if embed else links.web_url,
        type="video" if embed else "article",
        featured_content=embed,
        images=_collect_images(entry, links, feed, source.url),
        enclosures=_collect_enclosures(entry, source.url),
        authors=clean_authors(entry.authors),
        language=language,
        credit=whose.credit,
        quality_parts={},
    )
    origins = {
        "title": wording.title_origin,
        "published_at": "entry" if stated_at else "first seen",
        **dict.fromkeys((name for name in _SAID if getattr(article, name)), "entry"),
        **({"provider": "entry"} if whose.is_named else {}),
        **({"language": language_origin} if language else {}),
    }
    return revise(article, origins=origins)


def _make_first_id(one: Identified, wording: _Wording, *, source_id: str, stated_at: datetime | None) -> str:
    """Return an article's id at first sight, made of its canonical address.

    Of source and entry id where it has no address, and of source, title, date and text where it has neither.
    """
    if one.canonical_url is not None:
        return make_article_id(one.canonical_url)
    if one.entry_id is not None:
        return make_id(source_id, one.entry_id)
    digest = sha256((wording.excerpt or "").encode("utf-8", "replace")).hexdigest()
    stated = stated_at.isoformat() if stated_at else ""
    return make_id(source_id, title_key(wording.title), stated, digest)


def _choose_wording(
    one: Identified, stated: str, excerpt: str | None, feed_title: str | None
) -> _Wording | None:
    title, origin = choose_title(
        one.entry, excerpt=excerpt, url=one.links.web_url, feed_title=feed_title, stated=stated
    )
    if title is None:
        return None
    if excerpt is not None and repeats_title(excerpt, title):
        excerpt = None
    return _Wording(title=title, excerpt=excerpt, title_origin=origin)


def _choose_date(entry: Entry) -> datetime | None:
    return entry.published_at or entry.updated_at


def is_ahead(entry: Entry, now: datetime) -> bool:
    """Tell whether an entry's date does not count yet, since it lies in the future."""
    date = _choose_date(entry)
    return date is not None and date > now + FUTURE_ALLOWED


def _choose_stated_at(entry: Entry, now: datetime) -> datetime | None:
    date = _choose_date(entry)
    if date is None or not EARLIEST <= date <= now + FUTURE_ALLOWED:
        return None
    is_plain = date.tzinfo is UTC and not date.microsecond
    return date if is_plain else date.astimezone(UTC).replace(microsecond=0)


def _find_embed(entry: Entry, links: Links) -> str | None:
    """Return a player of our own, where the entry is a video or its address is that of a video."""
    framed = embed_for(links.web_url) if links.web_url else None
    if framed is None and entry.is_video and entry.embed_html:
        return safe_embed(entry.embed_html)
    return framed


def _choose_language(entry: Entry, source: Source, feed: ParsedFeed) -> tuple[str | None, str]:
    stated = ((source.language, "config"), (entry.language, "entry"), (feed.language, "feed"))
    cleaned = ((clean_language(tag), origin) for tag, origin in stated)
    return next((found for found in cleaned if found[0]), (None, "entry"))


def _find_domain(links: Links, feed: ParsedFeed, source: Source) -> str:
    return registrable_domain(host_of(links.web_url or feed.site_url or source.url))


def _collect_images(entry: Entry, links: Links, feed: ParsedFeed, source_url: str) -> tuple[Image, ...]:
    """Return the entry's pictures and one of its text, each once, at most ``MAX_IMAGES``; small ones last."""
    base_url = _choose_picture_base(entry, links, feed)
    repair = partial(repair_address, base_url=base_url, source_url=source_url)
    images = [
        image
        for stated in entry.images
        if (url := repair(stated.url)) and not is_decoration(image := replace(stated, url=url))
    ]
    if pictured := _find_text_picture(entry, base_url, repair):
        images.append(pictured)
    if len(images) < 2:
        return tuple(images)
    kept: dict[str, Image] = {}
    for image in images:
        key = canonical_url(image.url)
        known = kept.get(key)
        kept[key] = image if known is None else _fill_size(known, image)
    return tuple(sorted(kept.values(), key=is_small))[:MAX_IMAGES]


def _find_text_picture(entry: Entry, base_url: str, repair: Callable[[str], str | None]) -> Image | None:
    """Return the first picture of an entry's texts that is not known to be small, else the first."""
    small = None
    for html in (entry.content_html, entry.summary_html):
        shown = unescape(html) if html and "<" not in html and "&lt;img" in html else html  # encoded twice
        found = first_image(shown[:_SEARCHED_CHARS], base_url) if shown and has_pictures(shown) else None
        if found is None or not repair(found.url):
            continue
        if not is_small(found):
            return found
        small = small or found
    return small


def _choose_picture_base(entry: Entry, links: Links, feed: ParsedFeed) -> str:
    """Return what an entry's pictures are relative to: its page, unless it says otherwise itself.

    The page that a link blog points to is another site's.
    """
    page = links.web_url
    if page is None or links.is_file or entry.has_own_base:
        return entry.base_url
    own = {registrable_domain(host_of(url)) for url in (entry.base_url, feed.site_url) if url}
    return page if not own or registrable_domain(host_of(page)) in own else entry.base_url


def _fill_size(image: Image, same: Image) -> Image:
    if image.width is None and image.height is None:
        return replace(image, width=same.width, height=same.height)
    return image


def _collect_enclosures(entry: Entry, source_url: str) -> tuple[Enclosure, ...]:
    repair = partial(repair_address, base_url=entry.base_url, source_url=source_url)
    absolute = ((file, repair(file.url)) for file in entry.enclosures)
    kept = {url: replace(file, url=url) for file, url in absolute if url}
    return tuple(kept.values())[:MAX_ENCLOSURES]
