"""Stories as items of feeds and pages: the lead's item, and who else covers the event."""

from collections.abc import Iterable

from aggregator.model.revision import revise
from aggregator.publish.channel import Channel
from aggregator.publish.item import (
    Item,
    build_item,
    build_mentions,
    cut_to_second,
    format_corrections,
    keep_first,
    name_topics,
)
from aggregator.publish.item_story import ItemStory
from aggregator.publish.story_view import StoryView
from aggregator.publish.tree_paths import STORIES


def build_story_items(
    channel: Channel, stories: Iterable[StoryView], *, also_covered: int
) -> tuple[Item, ...]:
    """Return stories as items, in their order, with at most ``also_covered`` of their other articles each.

    An article alone, to which nothing is related, has no ``story``: it is the item that the article is.
    """
    items = (build_story_item(channel, story, also_covered=also_covered) for story in stories)
    return tuple(revise(item, story=None) if _stands_alone(item) else item for item in items)


def build_story_url(channel: Channel, story_id: str) -> str:
    """Return the address of a story's page."""
    return f"{channel.site.base_url}/{STORIES}/{story_id}.html"


def build_story_item(channel: Channel, story: StoryView, *, also_covered: int) -> Item:
    """Return a story as an item with its ``story``, also where it is an article alone."""
    lead, *others = keep_first(story.articles)
    return revise(
        build_item(channel, lead),
        id=f"urn:uuid:{story.id}",
        anchor=story.id,
        topics=name_topics(channel, (topic for article in (lead, *others) for topic in article.topics)),
        published_at=cut_to_second(story.published_at),
        updated_at=cut_to_second(story.updated_at),
        corrections=format_corrections(lead, others),
        story=ItemStory(
            others=build_mentions(channel, others[:also_covered]),
            related=build_mentions(channel, story.related),
            more=max(0, len(others) - also_covered),
            publishers=story.publishers,
            independent=story.independent,
            page_url=build_story_url(channel, story.id),
        ),
    )


def _stands_alone(item: Item) -> bool:
    return item.story is not None and not (item.story.all_others or item.story.more)
