"""The published files by name: of one topic, and those of the whole site."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aggregator.model import Article
from aggregator.publish.channel import Channel, Site
from aggregator.publish.feed_formats import FEED_FORMATS
from aggregator.publish.item import Item, build_items
from aggregator.publish.opml import OPML_FILE, render_opml
from aggregator.publish.site import (
    render_assets,
    render_index,
    render_moved_page,
    render_story_page,
    render_topic_page,
)
from aggregator.publish.story_items import build_story_items, build_story_url
from aggregator.publish.story_view import StoryView
from aggregator.publish.topic_folders import PAGE
from aggregator.publish.tree_paths import STORIES


def render_topic(
    channel: Channel, articles: Sequence[Article], stories: Sequence[StoryView], *, also_covered: int
) -> dict[str, bytes]:
    """Return all files of a topic by their names below the tree's root.

    The feeds of stories stand in the topic's folder, those of articles in its ``articles`` folder.
    """
    items = build_story_items(channel, stories, also_covered=also_covered)
    return {
        **_render_feeds(channel, build_items(channel, articles)),
        **_render_feeds(replace(channel, path=channel.topic_id), items),
        f"{channel.topic_id}/{PAGE}": render_topic_page(channel, items),
    }


def render_story(channel: Channel, story: StoryView) -> dict[str, bytes]:
    """Return a story's page by its name below the tree's root."""
    (item,) = build_story_items(channel, [story], also_covered=len(story.others))
    return {f"{STORIES}/{story.id}.html": render_story_page(channel, item)}


def render_moved_stories(channel: Channel, moved: Mapping[str, str]) -> dict[str, bytes]:
    """Return the pages of stories that became part of another one (id -> that one's id), by their names."""
    return {
        f"{STORIES}/{gone}.html": render_moved_page(channel, story_id, build_story_url(channel, story_id))
        for gone, story_id in moved.items()
    }


def render_site(site: Site, channels: Sequence[Channel]) -> dict[str, bytes]:
    """Return the files at the tree's root and those that all pages share, by their names."""
    return {
        "index.html": render_index(site, channels),
        OPML_FILE: render_opml(site, channels),
        **render_assets(),
    }


def _render_feeds(channel: Channel, items: Sequence[Item]) -> dict[str, bytes]:
    return {f"{channel.folder}/{form.file_name}": form.render_feed(channel, items) for form in FEED_FORMATS}
