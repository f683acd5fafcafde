"""The formats of our feeds, in one table: every topic has a feed of each.

Whatever else needs to know the formats follows from the table: the files of a topic's folder, links on pages,
media types of the server, what goes with a removed topic and what tells its readers so. To add a format,
write its renderer in a module of its own, say where its notice stands, and add it to the table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.publish import atom, jsonfeed, rss
from aggregator.publish.channel import Channel, FeedLink
from aggregator.publish.frame import Frame
from aggregator.publish.item import Item
from aggregator.publish.notice_place import NoticePlace


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedFormat:
    """One format: ``label`` is its name where there is little space, ``file_name`` that of its feeds.

    ``render_frame`` makes what a feed says of itself, in UTF-8, of a channel, the feed's own link and the
    time of its last update. Every feed holds its own address, ``link.url``: those of
    articles and of stories differ in it at least. ``render_items`` makes the bytes of each item, which depend
    on the item and the channel's site alone, so that they serve in any feed. Items come newest first,
    articles by ``published_at``, stories by ``news_at``, and stand in that order. ``notice_place`` is
    where a feed tells that it is no longer updated; every format needs one.
    """

    name: str
    label: str
    file_name: str
    media_type: str
    render_frame: Callable[[Channel, FeedLink, datetime], Frame]
    render_items: Callable[[Channel, Sequence[Item]], list[bytes]]
    notice_place: NoticePlace


RSS = FeedFormat(
    name="RSS",
    label="RSS",
    file_name="rss.xml",
    media_type="application/rss+xml",
    render_frame=rss.render_frame,
    render_items=rss.render_items,
    notice_place=rss.NOTICE_PLACE,
)
ATOM = FeedFormat(
    name="Atom",
    label="Atom",
    file_name="atom.xml",
    media_type="application/atom+xml",
    render_frame=atom.render_frame,
    render_items=atom.render_items,
    notice_place=atom.NOTICE_PLACE,
)
JSON_FEED = FeedFormat(
    name="JSON Feed",
    label="JSON",
    file_name="feed.json",
    media_type="application/feed+json",
    render_frame=jsonfeed.render_frame,
    render_items=jsonfeed.render_items,
    notice_place=jsonfeed.NOTICE_PLACE,
)
FEED_FORMATS = (RSS, ATOM, JSON_FEED)
"""In the order in which pages offer them."""
