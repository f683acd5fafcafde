"""A story as an item of feeds and pages: the lead's item, and who else covers the event."""

from collections.abc import Iterable
from dataclasses import replace

from aggregator.publish.channel import Channel
from aggregator.publish.item import Item, Telling, items_of, whole_second
from aggregator.publish.story_view import Told
from aggregator.publish.tree_paths import STORIES


def story_items(channel: Channel, stories: Iterable[Told], *, also_covered: int) -> tuple[Item, ...]:
    """Return stories as items, in their order, with at most ``also_covered`` of their other articles each.

    An article alone is its own item, but for what is related to it.
    """
    return tuple(_story_item(channel, told, also_covered) for told in stories)


def story_url(channel: Channel, story_id: str) -> str:
    """Return the address of a story's page."""
    return f"{channel.site.base_url}/{STORIES}/{story_id}.html"


def _story_item(channel: Channel, told: Told, also_covered: int) -> Item:
    lead, *others = items_of(channel, told.articles)
    return replace(
        lead,
        id=f"urn:uuid:{told.id}",
        anchor=told.id,
        topics=tuple(dict.fromkeys(topic for item in (lead, *others) for topic in item.topics)),
        published_at=whole_second(told.published_at),
        updated_at=whole_second(told.updated_at),
        telling=Telling(
            others=tuple(others[:also_covered]),
            related=items_of(channel, told.related),
            more=max(0, len(others) - also_covered),
            publishers=told.publishers,
            independent=told.independent,
            page_url=story_url(channel, told.id),
        ),
    )
