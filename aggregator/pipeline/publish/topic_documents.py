"""The documents of a topic, made of the bytes of items that are there and of those made anew; pure.

what feeds show ─► digests ─► which bytes the files have ─► the others rendered ─► documents, manifest
               └─► when they were updated
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from types import MappingProxyType

from aggregator.pipeline.publish.document_renderer import DocumentRenderer, FeedChange, ReadDocument
from aggregator.pipeline.publish.feed_places import name_feeds
from aggregator.pipeline.publish.manifest import Layout, Manifest, ShownItem, get_updated
from aggregator.pipeline.publish.piece_cache import PieceCache
from aggregator.pipeline.publish.topic_items import BuiltItem, BuiltItems
from aggregator.publish.channel import Tombstone
from aggregator.publish.synced_file import Parts
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS
from aggregator.store import ListedItem

NOTHING_DELETED: Mapping[bool, tuple[Tombstone, ...]] = MappingProxyType({})
_Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicShown:
    """The ``digests`` of what feeds show, in order, of stories under True, and all ``items`` by digest.

    ``deleted`` is what they say was taken out. ``found_at`` is when what they show was last updated, None:
    they show nothing.
    """

    digests: Mapping[bool, tuple[str, ...]]
    items: Mapping[str, ShownItem]
    deleted: Mapping[bool, tuple[Tombstone, ...]]
    found_at: Mapping[bool, datetime | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicDocuments:
    """The ``files`` of a topic that differ from those there, by name, and what all of its files show.

    ``digests`` are those of the items that were built, by feed and id.
    """

    files: Mapping[str, Parts]
    manifest: Manifest
    digests: Mapping[_Key, str]


def list_wanted(
    topic_id: str,
    listed: Mapping[bool, Sequence[ListedItem]],
    known: Manifest,
    intact: frozenset[str],
) -> list[_Key]:
    """Return what is to be built of what a topic's feeds show, of stories under True: feeds and ids.

    That is what has no digest, and whose bytes the documents lack; ``intact`` are the names of those that are
    as ``known``.
    """
    stories, articles = name_feeds(topic_id)
    wanted: list[_Key] = []
    for has_stories, items in listed.items():
        usable = _find_usable(known, intact, has_stories=has_stories)
        feed = stories if has_stories else articles
        wanted += [(feed, item_id) for item_id, digest in items if digest not in usable]
    return wanted


def describe_shown(
    listed: Mapping[bool, Sequence[ListedItem]],
    built: BuiltItems,
    known: Manifest,
    *,
    wanted: Sequence[_Key],
    deleted: Mapping[bool, tuple[Tombstone, ...]] = NOTHING_DELETED,
) -> TopicShown:
    """Return what a topic's feeds show that list this, and say that this was ``deleted``.

    ``built`` is what was ``wanted``, but for what has gone meanwhile; the rest is ``known``.
    """
    items = {**known.items, **{one.digest: _describe(one) for one in built.items.values()}}
    digests = {
        has_stories: _settle(built.channel.topic_id, has_stories, listed[has_stories], built, wanted)
        for has_stories in (True, False)
    }
    found_at = {
        has_stories: _find_last_update(of_feed, items, deleted.get(has_stories, ()))
        for has_stories, of_feed in digests.items()
    }
    return TopicShown(digests=digests, items=items, deleted=deleted, found_at=found_at)


def make_documents(
    shown: TopicShown,
    built: BuiltItems,
    known: Manifest,
    *,
    updated_at: Mapping[bool, datetime],
    read: Mapping[str, ReadDocument],
    cache: PieceCache,
) -> TopicDocuments:
    """Return the documents that show something else than ``known``.

    ``built`` are the items of it that are not known, ``updated_at`` when the feeds were, of stories under
    True. ``read`` gives the bytes of those documents that are as they were written, by name.
    """
    channel = built.channel
    items = {one.digest: one.item for one in built.items.values()}
    files: dict[str, Parts] = {}
    layouts: dict[str, Layout] = {}
    changes = {
        has_stories: FeedChange.of(known.list_digests(has_stories=has_stories), digests)
        for has_stories, digests in shown.digests.items()
    }
    for document in TOPIC_DOCUMENTS:
        # Frames show no icons, and are kept without.
        plain = replace(channel, publisher_icons={}, deleted=shown.deleted.get(document.has_stories, ()))
        frame = document.render_frame(plain, updated_at[document.has_stories])
        layout = known.layouts.get(document.name) if document.name in read else None
        renderer = DocumentRenderer(document, channel, items, cache)
        content, layouts[document.name] = renderer.make_document(
            frame, changes[document.has_stories], layout, read.get(document.name)
        )
        if content is not None:
            files[document.name] = content
    manifest = Manifest(
        stories=shown.digests[True],
        articles=shown.digests[False],
        items={digest: shown.items[digest] for digest in chain.from_iterable(shown.digests.values())},
        layouts=layouts,
    )
    found = {key: one.digest for key, one in built.items.items()}
    return TopicDocuments(files=files, manifest=manifest, digests=found)


def _settle(
    topic_id: str, has_stories: bool, listed: Sequence[ListedItem], built: BuiltItems, wanted: Sequence[_Key]
) -> tuple[str, ...]:
    """Return the digests of what a feed shows, in its order."""
    feed = name_feeds(topic_id)[0 if has_stories else 1]
    fresh = {
        item_id: built.items[key].digest if (key := (feed, item_id)) in built.items else None
        for of_feed, item_id in wanted
        if of_feed == feed
    }
    ids, digests = zip(*listed, strict=True) if listed else ((), ())
    return tuple(filter(None, map(fresh.get, ids, digests) if fresh else digests))


def _find_last_update(
    digests: Sequence[str], shown: Mapping[str, ShownItem], gone: Sequence[Tombstone]
) -> datetime | None:
    updated_s = max(map(get_updated, map(shown.__getitem__, digests)), default=None)
    times = [one.at for one in gone]
    times += [] if updated_s is None else [datetime.fromtimestamp(updated_s, UTC)]
    return max(times, default=None)


def _find_usable(known: Manifest, intact: frozenset[str], *, has_stories: bool) -> frozenset[str]:
    """Return the digests of the items whose bytes all documents of stories, or of articles, have."""
    names = {document.name for document in TOPIC_DOCUMENTS if document.has_stories == has_stories}
    if not (names <= intact and names <= known.layouts.keys()):
        return frozenset()
    return frozenset(known.list_digests(has_stories=has_stories))


def _describe(built: BuiltItem) -> ShownItem:
    domains = dict.fromkeys(article.provider.domain for article in built.articles)
    return int(built.item.updated_at.timestamp()), " ".join(domains)
