"""The documents of a topic, in one table: its page, and its feeds of stories and of articles in each format.

Each is the bytes of its frame and the bytes of its items, so that bytes that were made once serve again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aggregator.publish.channel import Channel, FeedLink
from aggregator.publish.feed_formats import FEED_FORMATS, FeedFormat
from aggregator.publish.feed_kind import FeedKind
from aggregator.publish.frame import Frame
from aggregator.publish.item import Item
from aggregator.publish.site import render_topic_frame, render_topic_items
from aggregator.publish.topic_folders import ARTICLES, PAGE


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicDocument:
    """One document of every topic: its ``name`` is below the topic's folder, with ``/``.

    ``render_frame`` makes its frame of the topic's channel, whatever ``publisher_icons`` that has, and the
    time of its last update. ``render_items`` makes the bytes of each item, whichever others there are:
    documents with the same ``render_items`` share them, those of all topics unless its items are
    ``of_topic``.
    """

    name: str
    kind: FeedKind
    render_frame: Callable[[Channel, datetime], Frame]
    render_items: Callable[[Channel, Sequence[Item]], list[bytes]]
    of_topic: bool = False


def _describe_feed(form: FeedFormat, name: str, kind: FeedKind) -> TopicDocument:
    return TopicDocument(
        name=name,
        kind=kind,
        render_frame=partial(_render_feed_frame, form, name),
        render_items=form.render_items,
    )


def _render_feed_frame(form: FeedFormat, name: str, channel: Channel, updated_at: datetime) -> Frame:
    url = f"{channel.site.base_url}/{channel.topic_id}/{name}"
    return form.render_frame(channel, FeedLink(url=url, media_type=form.media_type), updated_at)


def _render_page_frame(channel: Channel, updated_at: datetime) -> Frame:  # noqa: ARG001  # it has no time
    return render_topic_frame(channel)


TOPIC_DOCUMENTS = (
    *(_describe_feed(form, f"{ARTICLES}/{form.file_name}", FeedKind.ARTICLES) for form in FEED_FORMATS),
    *(_describe_feed(form, form.file_name, FeedKind.STORIES) for form in FEED_FORMATS),
    TopicDocument(
        name=PAGE,
        kind=FeedKind.STORIES,
        render_frame=_render_page_frame,
        render_items=render_topic_items,
        of_topic=True,
    ),
)
