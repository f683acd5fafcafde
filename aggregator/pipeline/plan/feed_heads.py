"""What feeds say of themselves, by two configurations: titles, addresses and the like, compared; pure."""

from collections.abc import Callable, Iterator, Mapping

from aggregator.model.feed_differences import HeadDifference, HeadPart
from aggregator.pipeline.publish.feed_places import list_topic_ids, name_feeds
from aggregator.pipeline.publish.site_view import describe_channel
from aggregator.publish.channel import Channel
from aggregator.rules import Rules

_SAID: Mapping[HeadPart, Callable[[Channel], str]] = {
    HeadPart.TITLE: lambda channel: channel.title,
    HeadPart.ADDRESS: lambda channel: channel.page_url,
    HeadPart.DESCRIPTION: lambda channel: channel.description or "",
    HeadPart.LANGUAGE: lambda channel: channel.site.language,
    HeadPart.CONTACT: lambda channel: channel.site.contact or "",
    HeadPart.HUBS: lambda channel: ", ".join(channel.site.hubs),
}


def compare_heads(before: Rules, after: Rules) -> Iterator[HeadDifference]:
    """Yield what feeds that are there before and after say otherwise of themselves, for each part of that."""
    staying = [topic_id for topic_id in list_topic_ids(after) if topic_id in {*list_topic_ids(before)}]
    pairs = [(describe_channel(before, one), describe_channel(after, one)) for one in staying]
    for part, say in _SAID.items():
        differ = [(was, is_) for was, is_ in pairs if say(was) != say(is_)]
        if differ:
            yield HeadDifference(
                part=part,
                feeds=tuple(feed for _, is_ in differ for feed in name_feeds(is_.topic_id)),
                is_all=len(differ) == len(pairs),
                before=say(differ[0][0]),
                after=say(differ[0][1]),
            )
