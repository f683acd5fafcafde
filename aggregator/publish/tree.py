"""The published files by name: of one topic, and those of the whole site."""

from collections.abc import Sequence
from dataclasses import replace

from aggregator.model import Article
from aggregator.publish.atom import render_atom
from aggregator.publish.channel import Channel, Site
from aggregator.publish.jsonfeed import render_jsonfeed
from aggregator.publish.opml import render_opml
from aggregator.publish.rss import render_rss
from aggregator.publish.site import render_assets, render_index, render_topic_page


def render_topic(channel: Channel, articles: Sequence[Article]) -> dict[str, bytes]:
    """Return all files of a topic by their names below the tree's root.

    The feeds stand in the topic's ``articles`` folder and, naming their own address but otherwise
    the same with the same ids, in the topic's folder.
    """
    own = replace(channel, path=channel.topic_id)
    return {
        **_feeds(channel, articles),
        **_feeds(own, articles),
        f"{channel.topic_id}/index.html": render_topic_page(channel, articles),
    }


def render_front(site: Site, channels: Sequence[Channel]) -> dict[str, bytes]:
    """Return the files at the tree's root and those that all pages share, by their names."""
    return {
        "index.html": render_index(site, channels),
        "opml.xml": render_opml(site, channels),
        **render_assets(),
    }


def _feeds(channel: Channel, articles: Sequence[Article]) -> dict[str, bytes]:
    return {
        f"{channel.folder}/rss.xml": render_rss(channel, articles),
        f"{channel.folder}/atom.xml": render_atom(channel, articles),
        f"{channel.folder}/feed.json": render_jsonfeed(channel, articles),
    }
