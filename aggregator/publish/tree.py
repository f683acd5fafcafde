"""The published files by name: of one topic, and those of the whole site."""

from collections.abc import Sequence
from dataclasses import replace

from aggregator.model import Article
from aggregator.publish.atom import atom_document
from aggregator.publish.channel import Channel, Site
from aggregator.publish.item import Item, items_of
from aggregator.publish.jsonfeed import jsonfeed_document
from aggregator.publish.opml import render_opml
from aggregator.publish.rss import rss_document
from aggregator.publish.site import render_assets, render_index, topic_page


def render_topic(channel: Channel, articles: Sequence[Article]) -> dict[str, bytes]:
    """Return all files of a topic by their names below the tree's root.

    The feeds stand in the topic's ``articles`` folder and, naming their own address but otherwise
    the same with the same ids, in the topic's folder.
    """
    items = items_of(channel, articles)
    own = replace(channel, path=channel.topic_id)
    return {
        **_feeds(channel, items),
        **_feeds(own, items),
        f"{channel.topic_id}/index.html": topic_page(channel, items),
    }


def render_front(site: Site, channels: Sequence[Channel]) -> dict[str, bytes]:
    """Return the files at the tree's root and those that all pages share, by their names."""
    return {
        "index.html": render_index(site, channels),
        "opml.xml": render_opml(site, channels),
        **render_assets(),
    }


def _feeds(channel: Channel, items: Sequence[Item]) -> dict[str, bytes]:
    return {
        f"{channel.folder}/rss.xml": rss_document(channel, items),
        f"{channel.folder}/atom.xml": atom_document(channel, items),
        f"{channel.folder}/feed.json": jsonfeed_document(channel, items),
    }
