"""Atom 1.0, with Media RSS pictures."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

from aggregator.publish.channel import Channel, FeedLink, Tombstone
from aggregator.publish.fast import write_atom_entry
from aggregator.publish.frame import FRAMES_KEPT, Frame, cut_frame, cut_items, date_frame
from aggregator.publish.generator import (
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

_TOMBSTONES_NS = "http://purl.org/atompub/tombstones/1.0"
_SOME_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_ENTRY = b"  <entry"
_TAIL = b"</feed>\n"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NOTICE_PLACE = NoticePlace(above=rb"\n {2}<subtitle>")


class _FeedParts:
    """What feedgen is to add to the feed (an extension)."""

    deleted: Sequence[Tombstone] = ()

    def extend_ns(self) -> dict[str, str]:
        return {"media": MEDIA_NS} | ({"at": _TOMBSTONES_NS} if self.deleted else {})

    def extend_atom(self, feed: Element) -> None:
        """Say what was taken out of the feed (RFC 6721)."""
        for one in self.deleted:
            name = f"{{{_TOMBSTONES_NS}}}deleted-entry"
            element = add_element(feed, name, ref=one.id, when=one.at.isoformat())
            if one.reason:
                add_element(element, f"{{{_TOMBSTONES_NS}}}comment", one.reason)


class _EntryParts:
    """What feedgen is to add to an entry (an extension)."""

    item: Item
    language: str | None

    def extend_atom(self, entry: Element) -> None:
        if self.language:
            entry.set(_XML_LANG, self.language)
        _add_links(entry, self.item)
        _add_source(entry, self.item)
        add_media(entry, self.item)


def render_frame(channel: Channel, link: FeedLink, updated_at: datetime) -> Frame:
    """Return the frame of an Atom 1.0 document (RFC 4287) at ``link``.

    Its ``updated`` is ``updated_at``.
    """
    frame = _render_frame(channel, link)
    return date_frame(frame, _make_date(_SOME_TIME), _make_date(updated_at))


@lru_cache(FRAMES_KEPT)
def _render_frame(channel: Channel, link: FeedLink) -> Frame:
    generator = new_generator(channel, link)
    generator.register_extension("parts", _FeedParts, _EntryParts, rss=False)
    generator.parts.deleted = channel.deleted
    generator.updated(_SOME_TIME)
    generator.author(_describe_publisher(channel))
    generator.icon(channel.site.icon_url)
    _add_logo(generator, channel)
    return cut_frame(generator.atom_str(pretty=True), _TAIL)


def _make_date(at: datetime) -> bytes:
    return f"<updated>{at.isoformat()}<".encode()


def render_items(channel: Channel, items: Sequence[Item]) -> list[bytes]:
    """Return each of the items as an Atom 1.0 document of the channel's site has it."""
    written = [write_atom_entry(item, _find_language(channel, item)) for item in items]
    others = [item for item, piece in zip(items, written, strict=True) if piece is None]
    rendered = iter(render_by_feedgen(channel, others) if others else ())
    return [next(rendered) if piece is None else piece for piece in written]


def render_by_feedgen(channel: Channel, items: Sequence[Item]) -> list[bytes]:
    """Return each of the items as feedgen writes it: all could be written so, but for the time it takes."""
    generator = new_entry_generator()
    generator.register_extension("parts", _FeedParts, _EntryParts, rss=False)
    for item in items:
        _add_entry(generator, channel, item)
    return cut_items(generator.atom_str(pretty=True), _ENTRY, _TAIL)


def _describe_publisher(channel: Channel) -> dict[str, str]:
    person = {"name": channel.site_title, "uri": f"{channel.site.base_url}/"}
    return person | ({"email": channel.site.email} if channel.site.email else {})


def _add_logo(generator: Any, channel: Channel) -> None:
    urls = (absolute_url(f"{channel.site.base_url}/", image.url) for image in channel.images)
    generator.logo(next((url for url in urls if url), None))


def _add_entry(generator: Any, channel: Channel, item: Item) -> None:
    entry = new_entry(generator, item)
    entry.parts.item = item
    entry.parts.language = _find_language(channel, item)
    entry.author([{"name": name} for name in item.bylines])
    entry.summary(item.content_html, type="html")


def _find_language(channel: Channel, item: Item) -> str | None:
    """Return the language of an item, None where that is the document's."""
    return item.language if item.language != channel.site.language else None


def _add_links(entry: Element, item: Item) -> None:
    """Add what feedgen refuses (a relation registered after its time) or writes without its relation."""
    for related in item.story.all_others if item.story else ():
        add_element(entry, "link", rel="related", href=related.url, title=related.title)
    if item.amp_url:
        add_element(entry, "link", rel="amphtml", href=item.amp_url)
    for enclosure in item.enclosures:
        attributes = {"href": enclosure.url, "type": enclosure.mime_type, "length": enclosure.length_bytes}
        add_element(entry, "link", rel="enclosure", **attributes)


def _add_source(entry: Element, item: Item) -> None:
    """Name the publisher (RFC 4287, 4.2.11); what feedgen would write lacks id and time."""
    source = add_element(entry, "source")
    add_element(source, "id", item.origin.id)
    add_element(source, "title", item.origin.name)
    add_element(source, "updated", item.updated_at.isoformat())
    add_element(source, "link", rel="alternate", href=item.origin.url)
    if item.origin.logo:
        add_element(source, "logo", item.origin.logo)
