"""Digests that tell whether the bytes of an item, once made, are still what would be made now."""

import hashlib
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter

from aggregator.model import Enclosure, Image
from aggregator.publish.channel import Channel, SiteDescription
from aggregator.publish.item import Item, Origin
from aggregator.publish.item_story import ItemStory, Mention


def _list_fields(record: type, *, without: tuple[str, ...] = ()) -> Callable[[object], tuple[object, ...]]:
    return attrgetter(*(field.name for field in fields(record) if field.name not in without))


# a record's own repr takes five times as long
_get_site = _list_fields(SiteDescription)
_get_origin = _list_fields(Origin)
_get_image = _list_fields(Image)
_get_enclosure = _list_fields(Enclosure)
_get_story = _list_fields(ItemStory, without=("others", "related"))
_get_mention = _list_fields(Mention)
_get_item = _list_fields(Item, without=("origin", "image", "enclosures", "story"))


def digest_item(channel: Channel, item: Item) -> str:
    """Return a digest of all that the documents of one topic show of an item, in 32 digits.

    That is the item itself, the site, and the icons of the publishers that it names. Pages of topics differ
    in one more thing, which topic it is; feeds do not.
    """
    story = item.story
    origins = [item.origin.domain, *(other.domain for other in (story.all_others if story else ()))]
    icons = [channel.publisher_icons.get(domain) for domain in origins]
    shown = (_get_site(channel.site), icons, _list_item(item))
    return hashlib.blake2b(repr(shown).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _list_item(item: Item) -> tuple[object, ...]:
    return (
        _get_item(item),
        _get_origin(item.origin),
        item.image and _get_image(item.image),
        *map(_get_enclosure, item.enclosures),
        item.story and _list_story(item.story),
    )


def _list_story(story: ItemStory) -> tuple[object, ...]:
    return (_get_story(story), list(map(_get_mention, story.others)), list(map(_get_mention, story.related)))
