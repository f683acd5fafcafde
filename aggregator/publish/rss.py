"""RSS 2.0, with Dublin Core authors and Media RSS pictures."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

from aggregator.model import Enclosure, Image
from aggregator.publish.channel import Channel, FeedLink
from aggregator.publish.fast import write_rss_item
from aggregator.publish.frame import FRAMES_KEPT, Frame, cut_frame, cut_items, date_frame
from aggregator.publish.generator import (
    ATOM_NS,
    DC_NS,
    MEDIA_NS,
    add_element,
    add_media,
    new_entry,
    new_entry_generator,
    new_generator,
)
from aggregator.publish.item import Item
from aggregator.publish.notice_place import NoticePlace
from aggregator.urls import absolute_url

# Readers differ in whether they take these texts for HTML; the hexadecimal form, the same in XML, is
# how the RSS Best Practices Profile marks them as plain. An item's description is HTML.
_PLAIN_TEXT = re.compile(rb"<(?:title|category|source|dc:creator)[ >][^<]+")
_CHANNEL_TEXT = re.compile(rb"<(?:title|category|description)>[^<]+")
_LARGEST_WIDTH, _LARGEST_HEIGHT = 144, 400
_SOME_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_ITEM = b"    <item>\n"
_TAIL = b"  </channel>\n</rss>\n"
NOTICE_PLACE = NoticePlace(above=rb"\n {4}<description>")


class _ChannelParts:
    """What feedgen is to add to the channel (an extension)."""

    hubs: Sequence[str] = ()

    def extend_ns(self) -> dict[str, str]:
        return {"dc": DC_NS, "media": MEDIA_NS}

    def extend_rss(self, rss: Element) -> None:
        """Add the hubs."""
        for hub in self.hubs:
            add_element(rss[0], f"{{{ATOM_NS}}}link", href=hub, rel="hub")


class _ItemParts:
    """What feedgen is to add to an item (an extension)."""

    item: Item

    def extend_rss(self, element: Element) -> None:
        # feedgen's own extension looks for fifteen elements in each item
        for name in self.item.bylines:
            add_element(element, f"{{{DC_NS}}}creator", name)
        add_media(element, self.item)


def render_frame(channel: Channel, link: FeedLink, updated_at: datetime) -> Frame:
    """Return the frame of an RSS 2.0 document (RSS Advisory Board, 2.0.11) at ``link``.

    Its ``lastBuildDate`` is ``updated_at``.
    """
    return date_frame(_render_frame(channel, link), _make_date(_SOME_TIME), _make_date(updated_at))


@lru_cache(FRAMES_KEPT)
def _render_frame(channel: Channel, link: FeedLink) -> Frame:
    generator = new_generator(channel, link)
    generator.register_extension("parts", _ChannelParts, _ItemParts, atom=False)
    generator.parts.hubs = channel.site.hubs
    generator.lastBuildDate(_SOME_TIME)
    _add_image(generator, channel)
    return cut_frame(_CHANNEL_TEXT.sub(_write_in_hexadecimal, generator.rss_str(pretty=True)), _TAIL)


def _make_date(at: datetime) -> bytes:
    return f"<lastBuildDate>{format_datetime(at)}<".encode()


def render_items(channel: Channel, items: Sequence[Item]) -> list[bytes]:  # noqa: ARG001
    """Return each of the items as an RSS 2.0 document has it."""
    written = [write_rss_item(item) for item in items]
    others = [item for item, piece in zip(items, written, strict=True) if piece is None]
    rendered = iter(render_by_feedgen(others) if others else ())
    pieces = (next(rendered) if piece is None else piece for piece in written)
    return [_mark_plain_text(piece, item) for piece, item in zip(pieces, items, strict=True)]


def render_by_feedgen(items: Sequence[Item]) -> list[bytes]:
    """Return each of the items as feedgen writes it: all could be written so, but for the time it takes."""
    generator = new_entry_generator()
    generator.register_extension("parts", _ChannelParts, _ItemParts, atom=False)
    for item in items:
        _add_item(generator, item)
    return cut_items(generator.rss_str(pretty=True), _ITEM, _TAIL)


def _mark_plain_text(piece: bytes, item: Item) -> bytes:
    text = "".join((item.title, item.origin.name, *item.authors, *(name for _, name in item.topics)))
    if "&" in text or "<" in text:
        return _PLAIN_TEXT.sub(_write_in_hexadecimal, piece)
    return piece


def _write_in_hexadecimal(text: re.Match[bytes]) -> bytes:
    return text[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _add_image(generator: Any, channel: Channel) -> None:
    image = next(filter(_is_small, channel.images), None)
    url = absolute_url(f"{channel.site.base_url}/", image.url) if image else None
    if image and url:
        size = {"width": str(image.width or ""), "height": str(image.height or "")}
        generator.image(url=url, title=channel.title, link=channel.page_url, **size)


def _is_small(image: Image) -> bool:
    """Tell whether the picture is known to be no larger than RSS allows a channel's image to be."""
    return 0 < (image.width or 0) <= _LARGEST_WIDTH and 0 < (image.height or 0) <= _LARGEST_HEIGHT


def _add_item(generator: Any, item: Item) -> None:
    entry = new_entry(generator, item)
    entry.parts.item = item
    entry.description(item.content_html)
    entry.source(url=item.origin.url, title=item.origin.name)
    if item.enclosures:
        _add_enclosure(entry, item.enclosures[0])


def _add_enclosure(entry: Any, enclosure: Enclosure) -> None:
    # a length must stand there, and 0 says "unknown" (RSS Best Practices Profile)
    entry.enclosure(url=enclosure.url, length=enclosure.length_bytes or 0, type=enclosure.mime_type)
