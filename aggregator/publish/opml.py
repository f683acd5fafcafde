"""OPML 2.0: the list of all feeds, for readers that can subscribe to many at once."""

from collections.abc import Iterable
from xml.etree import ElementTree

from aggregator.publish.channel import Channel, SiteDescription
from aggregator.publish.feed_formats import RSS
from aggregator.publish.text_forms import format_line

OPML_FILE = "opml.xml"
OPML_TYPE = "text/x-opml"


def render_opml(site: SiteDescription, channels: Iterable[Channel]) -> bytes:
    """Return an OPML 2.0 subscription list of the channels' RSS feeds, in their order."""
    opml = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(opml, "head")
    ElementTree.SubElement(head, "title").text = format_line(site.title)
    if site.email:
        ElementTree.SubElement(head, "ownerEmail").text = site.email
    body = ElementTree.SubElement(opml, "body")
    for channel in channels:
        ElementTree.SubElement(body, "outline", _render_outline(channel))
    ElementTree.indent(opml)
    document: bytes = ElementTree.tostring(opml, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _render_outline(channel: Channel) -> dict[str, str]:
    return {
        "type": "rss",
        "text": channel.title,
        "title": channel.title,
        "description": channel.summary,
        "xmlUrl": f"{channel.site.base_url}/{channel.topic_id}/{RSS.file_name}",
        "htmlUrl": channel.page_url,
        "language": channel.site.language,
    }
