"""What items of feeds say, as digests: those that files have, and those of what was arranged since."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.pipeline.publish.feed_places import list_topic_ids, name_feeds
from aggregator.pipeline.publish.site_view import describe_channel
from aggregator.pipeline.publish.topic_items import build_topic_items, read_material
from aggregator.pipeline.site import Site
from aggregator.publish.channel import SiteDescription
from aggregator.rules import Rules
from aggregator.store import ARTICLES_FOLDER, ListedItem, Store, read_listed_items

BUILT_TOGETHER = 5_000
"""Items that are read at once, or those of one topic if these are more."""
_Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownItems:
    """What feeds show: by feed the ids of their items, in order, and by feed and id what each says."""

    ids: Mapping[str, Sequence[str]]
    digests: Mapping[_Key, str]


def read_shown(site: Site) -> ShownItems:
    """Return what feeds show by what was arranged, and what all of it says."""
    listed = _read_listed(site.rules, site.store)
    known = {(feed, id_): digest for feed, items in listed.items() for id_, digest in items if digest}
    missing = [(feed, id_) for feed, items in listed.items() for id_, digest in items if not digest]
    description = describe_channel(site.rules, list_topic_ids(site.rules)[0]).site
    return ShownItems(
        ids=_list_ids(listed),
        digests=known | dict(_digest(missing, description, site)),
    )


def read_planned(
    shown: ShownItems, in_force: Rules, site: Site
) -> tuple[Mapping[str, Sequence[str]], Mapping[str, set[str]]]:
    """Return the ids of what feeds show by what was arranged since, and which of it say something else.

    That the whole site is called otherwise, or is elsewhere, is not looked at.
    """
    listed = _read_listed(site.rules, site.store)
    arranged = [
        (feed, id_)
        for feed, items in listed.items()
        for id_, digest in items
        if not digest and (feed, id_) in shown.digests
    ]
    description = describe_channel(in_force, list_topic_ids(in_force)[0]).site
    changing: dict[str, set[str]] = {}
    for (feed, id_), digest in _digest(arranged, description, site):
        if digest != shown.digests[feed, id_]:
            changing.setdefault(feed, set()).add(id_)
    return _list_ids(listed), changing


def _read_listed(rules: Rules, store: Store) -> dict[str, list[ListedItem]]:
    sizes = size_feeds(rules)
    feeds = [feed for topic_id in list_topic_ids(rules) for feed in name_feeds(topic_id)]
    return {feed: read_listed_items(store, feed, sizes(feed)) for feed in feeds}


def _list_ids(listed: Mapping[str, Sequence[ListedItem]]) -> dict[str, list[str]]:
    return {feed: [item_id for item_id, _ in items] for feed, items in listed.items()}


def _digest(keys: Iterable[_Key], description: SiteDescription, site: Site) -> Iterator[tuple[_Key, str]]:
    """Yield what these items of feeds say, as they stand on that site."""
    by_topic: dict[str, list[_Key]] = {}
    for feed, id_ in keys:
        by_topic.setdefault(feed.removesuffix(ARTICLES_FOLDER), []).append((feed, id_))
    for topics in _split(by_topic):
        of_topics = [key for topic_id in topics for key in by_topic[topic_id]]
        with site.store.reading_together():
            material = read_material(of_topics, site)
        for topic_id in topics:
            channel = replace(describe_channel(site.rules, topic_id), site=description)
            built = build_topic_items(material, by_topic[topic_id], channel, rules=site.rules, now=site.now)
            yield from ((key, one.digest) for key, one in built.items.items())


def _split(by_topic: Mapping[str, Sequence[_Key]]) -> Iterator[list[str]]:
    """Yield topics in as many parts as have enough items to be read at once."""
    part, count = list[str](), 0
    for topic_id, keys in by_topic.items():
        if part and count + len(keys) > BUILT_TOGETHER:
            yield part
            part, count = [], 0
        part.append(topic_id)
        count += len(keys)
    if part:
        yield part
