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
from aggregator.pipeline.publish.feed_places import name_feed
from aggregator.pipeline.publish.manifest import Layout, Manifest, ShownItem, get_updated
from aggregator.pipeline.publish.piece_cache import PieceCache
from aggregator.pipeline.publish.topic_items import BuiltItem, BuiltItems
from aggregator.publish.channel import Tombstone
from aggregator.publish.feed_kind import FeedKind
from aggregator.publish.synced_file import Parts
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS
from aggregator.store import ListedItem

NOTHING_DELETED: Mapping[FeedKind, tuple[Tombstone, ...]] = MappingProxyType({})
_Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedShown:
    """The ``digests`` of the items that a feed shows, in order, and what it says was ``deleted``.

    ``found_at`` is when any of it was last updated, None: there is nothing.
    """

    digests: tuple[str, ...]
    deleted: tuple[Tombstone, ...]
    found_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicShown:
    """What the ``feeds`` of a topic show, and all ``items`` of them by digest, with some shown no more."""

    feeds: Mapping[FeedKind, FeedShown]
    items: Mapping[str, ShownItem]


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
    listed: Mapping[FeedKind, Sequence[ListedItem]],
    known: Manifest,
    intact: frozenset[str],
) -> list[_Key]:
    """Return what is to be built of what a topic's feeds show: feeds and ids.

    That is what has no digest, and whose bytes the documents lack; ``intact`` are the names of those that are
    as ``known``.
    """
    wanted: list[_Key] = []
    for kind, items in listed.items():
        usable = _find_usable(known, intact, kind)
        feed = name_feed(topic_id, kind)
        wanted += [(feed, item_id) for item_id, digest in items if digest not in usable]
    return wanted


def describe_shown(
    listed: Mapping[FeedKind, Sequence[ListedItem]],
    built: BuiltItems,
    known: Manifest,
    *,
    wanted: Sequence[_Key],
    deleted: Mapping[FeedKind, tuple[Tombstone, ...]] = NOTHING_DELETED,
) -> TopicShown:
    """Return what a topic's feeds show that list this, and say that this was ``deleted``.

    ``built`` is what was ``wanted``, but for what has gone meanwhile; the rest is ``known``.
    """
    items = {**known.items, **{one.digest: _describe(one) for one in built.items.values()}}
    feeds = {}
    for kind in FeedKind:
        digests = _settle(name_feed(built.channel.topic_id, kind), listed[kind], built, wanted)
        gone = deleted.get(kind, ())
        found_at = _find_last_update(digests, items, gone)
        feeds[kind] = FeedShown(digests=digests, deleted=gone, found_at=found_at)
    return TopicShown(feeds=feeds, items=items)


def make_documents(
    shown: TopicShown,
    built: BuiltItems,
    known: Manifest,
    *,
    updated_at: Mapping[FeedKind, datetime],
    read: Mapping[str, ReadDocument],
    cache: PieceCache,
) -> TopicDocuments:
    """Return the documents that show something else than ``known``.

    ``built`` are the items of it that are not known, ``updated_at`` when the feeds were.
    ``read`` gives the bytes of those documents that are as they were written, by name.
    """
    items = {one.digest: one.item for one in built.items.values()}
    files: dict[str, Parts] = {}
    layouts: dict[str, Layout] = {}
    changes = {
        kind: FeedChange.of(known.list_digests(kind), feed.digests) for kind, feed in shown.feeds.items()
    }
    for document in TOPIC_DOCUMENTS:
        kind, name = document.kind, document.name
        # Frames show no icons, and are kept without.
        plain = replace(built.channel, publisher_icons={}, deleted=shown.feeds[kind].deleted)
        frame = document.render_frame(plain, updated_at[kind])
        layout = known.layouts.get(name) if name in read else None
        renderer = DocumentRenderer(document, built.channel, items, cache)
        content, layouts[name] = renderer.make_document(frame, changes[kind], layout, read.get(name))
        if content is not None:
            files[name] = content
    digests = {key: one.digest for key, one in built.items.items()}
    return TopicDocuments(files=files, manifest=_make_manifest(shown, layouts), digests=digests)


def _make_manifest(shown: TopicShown, layouts: Mapping[str, Layout]) -> Manifest:
    stories, articles = (shown.feeds[kind].digests for kind in (FeedKind.STORIES, FeedKind.ARTICLES))
    items = {digest: shown.items[digest] for digest in chain(stories, articles)}
    return Manifest(stories=stories, articles=articles, items=items, layouts=layouts)


def _settle(
    feed: str, listed: Sequence[ListedItem], built: BuiltItems, wanted: Sequence[_Key]
) -> tuple[str, ...]:
    """Return the digests of what a feed shows, in its order."""
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


def _find_usable(known: Manifest, intact: frozenset[str], kind: FeedKind) -> frozenset[str]:
    """Return the digests of the items whose bytes all documents of stories, or of articles, have."""
    names = {document.name for document in TOPIC_DOCUMENTS if document.kind is kind}
    if not (names <= intact and names <= known.layouts.keys()):
        return frozenset()
    return frozenset(known.list_digests(kind))


def _describe(built: BuiltItem) -> ShownItem:
    domains = dict.fromkeys(article.provider.domain for article in built.articles)
    return int(built.item.updated_at.timestamp()), " ".join(domains)
