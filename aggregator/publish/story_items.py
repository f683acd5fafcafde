"""Stories as items of feeds and pages: the lead's item, and who else covers the event."""

from collections.abc import Iterable
from dataclasses import replace

from aggregator.publish.channel import Channel
from aggregator.publish.item import Item, ItemStory, build_items, cut_to_second
from aggregator.publish.story_view import StoryView
from aggregator.publish.tree_paths import STORIES


def build_story_items(
    channel: Channel, stories: Iterable[StoryView], *, also_covered: int
) -> tuple[Item, ...]:
    """Return stories as items, in their order, with at most ``also_covered`` of their other articles each.

    An article alone is its own item, but for what is related to it.
    """
    return tuple(_build_item(channel, story, also_covered) for story in stories)


def build_story_url(channel: Channel, story_id: str) -> str:
    """Return the address of a story's page."""
    return f"{channel.site.base_url}/{STORIES}/{story_id}.html"


def _build_item(channel: Channel, story: StoryView, also_covered: int) -> Item:
    lead, *others = build_items(channel, story.articles)
    return replace(
        lead,
        id=f"urn:uuid:{story.id}",
        anchor=story.id,
        topics=tuple(dict.fromkeys(topic for item in (lead, *others) for topic in item.topics)),
        published_at=cut_to_second(story.published_at),
        updated_at=cut_to_second(story.updated_at),
        story=ItemStory(
            others=tuple(others[:also_covered]),
            related=build_items(channel, story.related),
            more=max(0, len(others) - also_covered),
            publishers=story.publishers,
            independent=story.independent,
            page_url=build_story_url(channel, story.id),
        ),
    )
