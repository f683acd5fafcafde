"""The only use of feedgen: a generator filled with what RSS and Atom have in common.

feedgen names itself with its version, stamps feeds with the clock, puts new entries first and has
no types. What it writes wrongly or cannot write, a format's own extension writes (see ``rss`` and
``atom``).
"""

from typing import Any
from xml.etree.ElementTree import Element

from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from aggregator.publish.channel import Channel, FeedLink
from aggregator.publish.item import Item

GENERATOR = "aggregator"
ATOM_NS = "http://www.w3.org/2005/Atom"
DC_NS = "http://purl.org/dc/elements/1.1/"
MEDIA_NS = "http://search.yahoo.com/mrss/"


def new_generator(channel: Channel, link: FeedLink) -> Any:
    """Return a generator of the channel's feed at ``link``, without entries."""
    generator = FeedGenerator()
    generator.id(channel.feed_id)
    generator.title(channel.title)
    generator.description(channel.summary)
    generator.language(channel.site.language)
    generator.generator(GENERATOR)
    for hub in channel.site.hubs:
        generator.link(href=hub, rel="hub")
    # the page comes last, since feedgen takes the last link as that of an RSS channel
    generator.link(href=link.url, rel="self", type=link.media_type)
    generator.link(href=channel.page_url, rel="alternate", type="text/html")
    if channel.topic_id in channel.topic_names:
        generator.category(term=channel.topic_id, label=channel.label)
    return generator


def new_entry_generator() -> Any:
    """Return a generator of a feed that says nothing of itself, for entries that are cut out of it."""
    generator = FeedGenerator()
    generator.id(GENERATOR)
    generator.title(GENERATOR)
    generator.description(GENERATOR)
    generator.link(href=GENERATOR, rel="alternate")
    return generator


def new_entry(generator: Any, item: Item) -> Any:
    """Return an entry of the item, added at the end of the feed."""
    entry = generator.add_entry(order="append")
    entry.guid(item.id, permalink=False)
    entry.title(item.title)
    entry.link(href=item.url, rel="alternate")
    entry.published(item.published_at)
    entry.updated(item.updated_at)
    if item.topics:
        entry.category([{"term": topic_id, "label": name} for topic_id, name in item.topics])
    return entry


def add_element(parent: Element, name: str, text: str | None = None, /, **attributes: object) -> Element:
    """Add an element with those of ``attributes`` that are not None, and return it."""
    if attributes:
        attributes = {key: str(value) for key, value in attributes.items() if value is not None}
    element: Element = xml_elem(name, parent, **attributes)
    element.text = text
    return element


def add_media(parent: Element, item: Item) -> None:
    """Add the item's picture as ``media:content`` and ``media:thumbnail`` (Media RSS 1.5.1)."""
    image = item.image
    if not image:
        return
    size = {"width": image.width, "height": image.height}
    content = add_element(parent, f"{{{MEDIA_NS}}}content", url=image.url, medium="image", **size)
    if image.title:
        add_element(content, f"{{{MEDIA_NS}}}title", image.title, type="plain")
    if image.attribution:
        add_element(content, f"{{{MEDIA_NS}}}credit", image.attribution)
    add_element(parent, f"{{{MEDIA_NS}}}thumbnail", url=image.url, **size)
