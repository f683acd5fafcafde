"""JSON Feed 1.1, with what has no place in it under ``_aggregator``."""

from collections.abc import Sequence

from aggregator.model import Enclosure
from aggregator.publish.channel import Channel, FeedLink
from aggregator.publish.formats import json_bytes, json_time
from aggregator.publish.item import Item, Telling
from aggregator.publish.notice_place import NoticePlace
from aggregator.urls import absolute_url

_VERSION = "https://jsonfeed.org/version/1.1"
NOTICE_PLACE = NoticePlace(above=rb'\n {2}"description": "')


def render_jsonfeed(channel: Channel, items: Sequence[Item], link: FeedLink) -> bytes:
    """Return the items, in their order, as a JSON Feed 1.1 document (jsonfeed.org) at ``link``.

    An item's ``_aggregator`` object has its publisher (``provider``: ``name`` and ``domain``), its
    ``type``, and where known its ``amp_url`` and who is credited (``credit``); in a feed of stories also by
    how many publishers the ``story`` is told. ``_related`` has as ``items`` the story's other articles,
    then those of related stories.
    """
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
    }
    return json_bytes({**_stated(feed), "items": [_stated(_item(item)) for item in items]})


def _item(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.content_html,
        "summary": item.excerpt,
        "image": item.image and item.image.url,
        "date_published": json_time(item.published_at),
        "date_modified": json_time(item.updated_at),
        "authors": _authors(item),
        "tags": [name for _, name in item.topics],
        "language": item.language,
        "attachments": [_attachment(enclosure) for enclosure in item.enclosures],
        "_aggregator": _stated(
            {
                "provider": {"name": item.origin.name, "domain": item.origin.domain},
                "type": "video" if item.is_video else "article",
                "amp_url": item.amp_url,
                "credit": item.credit,
                "story": item.telling and _story(item.telling),
            }
        ),
        "_related": _related(item.telling.shown) if item.telling else {},
    }


def _story(telling: Telling) -> dict[str, object]:
    return (
        {
            "url": telling.page_url,
            "publishers": telling.publishers,
            "independent": telling.independent,
            "articles": 1 + len(telling.others) + telling.more,
        }
        if telling.coverage
        else {}
    )


def _related(items: Sequence[Item]) -> dict[str, object]:
    # an extension has to be an object
    return {"items": [_link(item) for item in items]} if items else {}


def _link(item: Item) -> dict[str, object]:
    return {
        "url": item.url,
        "title": item.title,
        "date_published": json_time(item.published_at),
        "provider": {"name": item.origin.name, "domain": item.origin.domain},
    }


def _authors(item: Item) -> list[dict[str, str]]:
    if item.authors:
        return [{"name": name} for name in item.authors]
    return [{"name": item.origin.name, "url": item.origin.url}]


def _attachment(enclosure: Enclosure) -> dict[str, object]:
    return _stated(
        {
            "url": enclosure.url,
            "mime_type": enclosure.mime_type,
            "size_in_bytes": enclosure.length_bytes,
        }
    )


def _stated(fields: dict[str, object]) -> dict[str, object]:
    """Leave out what is not known: JSON Feed has no null."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}
