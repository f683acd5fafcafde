"""The published files by name: of one topic, of stories, and those of the whole site."""

from collections.abc import Mapping, Sequence

from aggregator.model.corrections import PublicCorrection
from aggregator.publish.channel import Channel, SiteDescription
from aggregator.publish.opml import OPML_FILE, render_opml
from aggregator.publish.site import (
    WithdrawnArticle,
    render_assets,
    render_index,
    render_moved_page,
    render_story_page,
    render_withdrawn_page,
)
from aggregator.publish.story_items import build_story_item, build_story_url
from aggregator.publish.story_view import StoryView
from aggregator.publish.tree_paths import STORIES


def render_story(channel: Channel, story: StoryView) -> dict[str, bytes]:
    """Return a story's page by its name below the tree's root."""
    item = build_story_item(channel, story, also_covered=len(story.others))
    return {f"{STORIES}/{story.id}.html": render_story_page(channel, item)}


def render_moved_stories(channel: Channel, moved: Mapping[str, str]) -> dict[str, bytes]:
    """Return the pages of stories that became part of another one (id -> that one's id), by their names."""
    return {
        f"{STORIES}/{gone}.html": render_moved_page(channel, story_id, build_story_url(channel, story_id))
        for gone, story_id in moved.items()
    }


def render_withdrawn_stories(
    channel: Channel, gone: Mapping[str, Sequence[PublicCorrection]]
) -> dict[str, bytes]:
    """Return the pages of stories whose articles were withdrawn, by their names."""
    return {
        f"{STORIES}/{story_id}.html": render_withdrawn_page(
            channel, [WithdrawnArticle(one.title, one.reason, one.at) for one in withdrawn]
        )
        for story_id, withdrawn in gone.items()
    }


def render_site(site: SiteDescription, channels: Sequence[Channel], truth: str = "") -> dict[str, bytes]:
    """Return the files at the tree's root and those that all pages share, by their names.

    ``truth`` is what the index tells of how often stories are right, "" for nothing.
    """
    return {
        "index.html": render_index(site, channels, truth),
        OPML_FILE: render_opml(site, channels),
        **render_assets(),
    }
