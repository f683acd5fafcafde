"""What every format says of one article, taken from the record once and safe to publish."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from html import escape
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from aggregator.html import is_small, is_thumbnail, sanitise_html
from aggregator.model import Article, Enclosure, Image, Provider
from aggregator.model.revision import create
from aggregator.publish.channel import Channel
from aggregator.publish.item_story import ItemStory, Mention
from aggregator.publish.languages import read_language_tag
from aggregator.publish.text_forms import format_day, format_line
from aggregator.text import cut_excerpt
from aggregator.urls import absolute_url

_MIME_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_TITLE_FROM_EXCERPT = 80
_SITE = re.compile(r"[^/?#]*//[^/?#]*")
_NAMES_KEPT = 4096
"""Publishers and topics whose names and addresses are remembered: many items have the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """The publisher an item comes from; ``url`` is its site, ``id`` permanent, ``logo`` an address."""

    id: str
    name: str
    domain: str
    url: str
    logo: str | None


@dataclass(frozen=True, kw_only=True)
class Item:
    """One article, or story, as it is published: plain texts, ASCII addresses, times in whole UTC seconds.

    ``url`` leads to the article, or to its place on the topic's page where the record has no
    address. ``topics`` are pairs of id and name. ``language`` None means the feed's, or unknown.
    ``story`` is there where the item stands for a story, ``corrections`` are lines. Without slots, for
    ``content_html``.
    """

    id: str
    anchor: str
    title: str
    url: str
    excerpt: str
    origin: Origin
    credit: str
    authors: tuple[str, ...]
    topics: tuple[tuple[str, str], ...]
    image: Image | None
    enclosures: tuple[Enclosure, ...]
    amp_url: str | None
    language: str | None
    is_video: bool
    published_at: datetime
    updated_at: datetime
    story: ItemStory | None = None
    corrections: tuple[str, ...] = ()

    @property
    def bylines(self) -> tuple[str, ...]:
        """Return the authors, or the publisher in their place."""
        return self.authors or (self.origin.name,)

    @cached_property
    def content_html(self) -> str:
        """Return picture, excerpt, corrections and the linked name of the publisher as sanitised HTML.

        All text is escaped: sanitising changes nothing unless a mistake is made here. Many readers show no
        picture but those in the text. Each block finds its own direction, as readers set one for all and RSS
        has no language of an item.
        """
        picture = f'<p dir="auto">{_render_image(self.image)}</p>' if self.image else ""
        link = f'<a href="{escape(self.url)}">{escape(self.origin.name)}</a>'
        credit = f", via {escape(self.credit)}" if self.credit else ""
        excerpt = f'<p dir="auto">{escape(self.excerpt, quote=False)}</p>' if self.excerpt else ""
        notes = "".join(f'<p dir="auto">{escape(note, quote=False)}</p>' for note in self.corrections)
        coverage = self.story.content_html if self.story else ""
        return sanitise_html(f'{picture}{excerpt}{notes}<p dir="auto">{link}{credit}</p>{coverage}')


def build_items(channel: Channel, articles: Sequence[Article]) -> tuple[Item, ...]:
    """Return the articles as items, in their order; of several with the same id only the first."""
    return tuple(build_item(channel, article) for article in keep_first(articles))


def build_mentions(channel: Channel, articles: Iterable[Article]) -> tuple[Mention, ...]:
    """Return the articles as other items name them, in their order; each id once, as in items."""
    return tuple(_build_mention(channel, article) for article in keep_first(articles))


def keep_first(articles: Iterable[Article]) -> list[Article]:
    """Return the articles in their order; of several with the same id only the first."""
    found: dict[str, Article] = {}
    for article in articles:
        found.setdefault(article.id, article)
    return list(found.values())


def _build_mention(channel: Channel, article: Article) -> Mention:
    link = _find_link(article)
    origin = _find_origin(article.provider, link or channel.page_url)
    return create(
        Mention,
        title=_find_title(article, origin),
        url=link or f"{channel.page_url}#{article.id}",
        publisher=origin.name,
        domain=origin.domain,
        language=read_language_tag(article.language),
        published_at=cut_to_second(article.published_at),
    )


def build_item(channel: Channel, article: Article) -> Item:
    """Return an article as an item of the channel."""
    link = _find_link(article)
    origin = _find_origin(article.provider, link or channel.page_url)
    return create(
        Item,
        id=f"urn:uuid:{article.id}",
        anchor=article.id,
        title=_find_title(article, origin),
        url=link or f"{channel.page_url}#{article.id}",
        excerpt=format_line(article.excerpt),
        origin=origin,
        credit=format_line(article.credit),
        authors=_clean_texts(article.authors),
        topics=name_topics(channel, article.topics),
        image=_choose_image(article.images, channel.site.base_url),
        enclosures=tuple(_choose_enclosures(article.enclosures, article.images)),
        amp_url=_clean_address(article.amp_url),
        language=read_language_tag(article.language),
        is_video=article.type == "video",
        published_at=cut_to_second(article.published_at),
        updated_at=cut_to_second(article.updated_at),
        story=None,
        corrections=format_corrections(article),
    )


def format_corrections(lead: Article, others: Iterable[Article] = ()) -> tuple[str, ...]:
    """Return what corrects the lead, and the others of its story, as lines, the oldest first.

    Those of others name them: a reader sees the lead's title and publisher above.
    """
    notes = [(at, note, "") for at, note in lead.corrections]
    notes += [(at, note, _name_corrected(one)) for one in others for at, note in one.corrections]
    return tuple(f"Correction ({format_day(at)}){of}: {format_line(note)}" for at, note, of in sorted(notes))


def _name_corrected(article: Article) -> str:
    origin = _find_origin(article.provider, _find_link(article) or "")
    return f" of “{_find_title(article, origin)}” – {origin.name}"


def _find_link(article: Article) -> str | None:
    return _clean_address(article.web_url) or _clean_address(article.original_url)


def _find_title(article: Article, origin: Origin) -> str:
    title = format_line(article.title)
    return title or cut_excerpt(format_line(article.excerpt), _TITLE_FROM_EXCERPT) or origin.name


def _find_origin(provider: Provider, link: str) -> Origin:
    site = _SITE.match(link)
    return _describe_origin(
        provider.domain, provider.name, tuple(image.url for image in provider.images), site[0] if site else ""
    )


@lru_cache(_NAMES_KEPT)
def _describe_origin(domain: str, name: str, logos: tuple[str, ...], site: str) -> Origin:
    parts = urlsplit(site)
    domain, host = format_line(domain).lower(), (parts.hostname or "").lower()
    is_here = host == domain or host.endswith(f".{domain}")
    url = (None if is_here else _clean_address(f"https://{domain}/")) or f"{parts.scheme}://{parts.netloc}/"
    return Origin(
        id=uuid5(NAMESPACE_URL, f"https://{domain or host}/").urn,
        name=format_line(name) or domain or host,
        domain=domain or host,
        url=url,
        logo=next((logo for logo in map(_clean_address, logos) if logo), None),
    )


def name_topics(channel: Channel, ids: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return those of the topics that the channel has a name for, each once, as pairs of id and name."""
    names = ((topic_id, _format_name(channel.topic_names.get(topic_id))) for topic_id in dict.fromkeys(ids))
    return tuple((topic_id, name) for topic_id, name in names if name)


_format_name = lru_cache(_NAMES_KEPT)(format_line)


def _choose_image(images: Sequence[Image], base_url: str) -> Image | None:
    for image in sorted(images, key=is_small) if len(images) > 1 else images:
        url = _clean_address(image.url, f"{base_url}/")
        if url:
            return Image(
                url=url,
                width=_keep_positive(image.width),
                height=_keep_positive(image.height),
                title=format_line(image.title) or None,
                attribution=format_line(image.attribution) or None,
            )
    return None


def _render_image(image: Image) -> str:
    sizes = f' width="{image.width}" height="{image.height}"' if image.width and image.height else ""
    return f'<img src="{escape(image.url)}" alt="{escape(image.title or "")}"{sizes}>'


def _choose_enclosures(enclosures: Iterable[Enclosure], images: Iterable[Image]) -> Iterator[Enclosure]:
    """Yield sounds and films first, then other files whose size is known: what a player can make use of.

    A picture that is known to be a thumbnail is none: some readers would show it by itself.
    """
    pictures, seen = {image.url: image for image in images}, set()
    for enclosure in sorted(enclosures, key=lambda file: not _is_played(file)):
        url, mime_type = _clean_address(enclosure.url), (enclosure.mime_type or "").strip().lower()
        if not url or url in seen or not _MIME_TYPE.fullmatch(mime_type):
            continue
        if mime_type.startswith("image/") and is_thumbnail(pictures.get(url) or Image(url=url)):
            continue
        length = _keep_positive(enclosure.length_bytes)
        if length or _is_played(enclosure):
            seen.add(url)
            yield Enclosure(url=url, mime_type=mime_type, length_bytes=length)


def _is_played(enclosure: Enclosure) -> bool:
    return (enclosure.mime_type or "").strip().lower().startswith(("audio/", "video/"))


def _clean_address(url: str | None, base_url: str = "") -> str | None:
    """Return a public address, if it is one; RSS (RFC 2396) does not know those with an IPv6 literal."""
    address = absolute_url(base_url, url)
    return address if address and "[" not in address else None


def _clean_texts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in map(format_line, texts) if text))


def _keep_positive(number: int | None) -> int | None:
    return number if number and number > 0 else None


def cut_to_second(moment: datetime) -> datetime:
    """Return a time in UTC without parts of a second."""
    return moment.astimezone(UTC).replace(microsecond=0)
