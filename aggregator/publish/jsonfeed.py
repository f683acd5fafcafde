"""JSON Feed 1.1, with what has no place in it under ``_aggregator``."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from aggregator.model import Enclosure
from aggregator.publish.channel import Channel, FeedLink, Tombstone
from aggregator.publish.frame import FRAMES_KEPT, Frame
from aggregator.publish.item import Item
from aggregator.publish.item_story import ItemStory, Mention
from aggregator.publish.notice_place import NoticePlace
from aggregator.publish.text_forms import format_json
from aggregator.text import format_time
from aggregator.urls import absolute_url

_VERSION = "https://jsonfeed.org/version/1.1"
# An item is a line: with the blanks of an indent feeds would be a quarter longer.
_write_item = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NO_ITEMS = b"[]\n}\n"
NOTICE_PLACE = NoticePlace(above=rb'\n {2}"description": "')


def render_frame(channel: Channel, link: FeedLink, updated_at: datetime) -> Frame:  # noqa: ARG001
    """Return the frame of a JSON Feed 1.1 document (jsonfeed.org) at ``link``, which has no time.

    ``_deleted`` has as ``items`` what was taken out of the feed: ``id``, ``date`` and ``reason``.
    """
    return _render_frame(channel, link)


@lru_cache(FRAMES_KEPT)
def _render_frame(channel: Channel, link: FeedLink) -> Frame:
    urls = (absolute_url(f"{channel.site.base_url}/", image.url) for image in channel.images)
    feed: dict[str, object] = {
        "version": _VERSION,
        "title": channel.title,
        "home_page_url": channel.page_url,
        "feed_url": link.url,
        "description": channel.summary,
        "icon": next((url for url in urls if url), None),
        "favicon": channel.site.icon_url,
        "authors": [{"name": channel.site_title, "url": f"{channel.site.base_url}/"}],
        "language": channel.site.language,
        "_deleted": _render_deleted(channel.deleted),
        "hubs": [{"type": "WebSub", "url": hub} for hub in channel.site.hubs],
    }
    document = format_json({**_drop_unknown(feed), "items": []})
    head = document.removesuffix(_NO_ITEMS)
    return Frame(head=head + b"[\n", separator=b",\n", tail=b"\n  ]\n}\n", without_items=document)


def _render_deleted(deleted: Sequence[Tombstone]) -> dict[str, object]:
    rows = [{"id": one.id, "date": format_time(one.at), "reason": one.reason} for one in deleted]
    return {"items": [_drop_unknown(dict(row)) for row in rows]} if rows else {}


def render_items(channel: Channel, items: Sequence[Item]) -> list[bytes]:  # noqa: ARG001
    """Return each of the items as a JSON Feed 1.1 document has it, on a line of its own.

    An item's ``_aggregator`` object has its publisher (``provider``: ``name`` and ``domain``), its
    ``type``, and where known its ``amp_url`` and who is credited (``credit``); in a feed of stories also how
    many publishers tell the ``story``. ``_related`` has as ``items`` the story's other articles,
    then those of related stories.
    """
    return [f"    {_write_item(_drop_unknown(_render_item(item)))}".encode() for item in items]


def _render_item(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.content_html,
        "summary": item.excerpt,
        "image": item.image and item.image.url,
        "date_published": format_time(item.published_at),
        "date_modified": format_time(item.updated_at),
        "authors": _render_authors(item),
        "tags": [name for _, name in item.topics],
        "language": item.language,
        "attachments": [_render_attachment(enclosure) for enclosure in item.enclosures],
        "_aggregator": _drop_unknown(
            {
                "provider": {"name": item.origin.name, "domain": item.origin.domain},
                "type": "video" if item.is_video else "article",
                "amp_url": item.amp_url,
                "credit": item.credit,
                "story": item.story and _render_story(item.story),
            }
        ),
        "_related": _render_related(item.story.all_others) if item.story else {},
    }


def _render_story(story: ItemStory) -> dict[str, object]:
    return (
        {
            "url": story.page_url,
            "publishers": story.publishers,
            "independent": story.independent,
            "articles": 1 + len(story.others) + story.more,
        }
        if story.coverage
        else {}
    )


def _render_related(mentions: Sequence[Mention]) -> dict[str, object]:
    # an extension has to be an object
    return {"items": [_render_mention(mention) for mention in mentions]} if mentions else {}


def _render_mention(mention: Mention) -> dict[str, object]:
    return {
        "url": mention.url,
        "title": mention.title,
        "date_published": format_time(mention.published_at),
        "provider": {"name": mention.publisher, "domain": mention.domain},
    }


def _render_authors(item: Item) -> list[dict[str, str]]:
    if item.authors:
        return [{"name": name} for name in item.authors]
    return [{"name": item.origin.name, "url": item.origin.url}]


def _render_attachment(enclosure: Enclosure) -> dict[str, object]:
    return _drop_unknown(
        {
            "url": enclosure.url,
            "mime_type": enclosure.mime_type,
            "size_in_bytes": enclosure.length_bytes,
        }
    )


def _drop_unknown(fields: dict[str, object]) -> dict[str, object]:
    """Leave out what is not known: JSON Feed has no null."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}
