"""The documents of a topic, made of the bytes of items that are there and of those made anew; pure.

what feeds hold ─► digests ─► which bytes the files have ─► the others rendered ─► documents, manifest
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aggregator.pipeline.publish.feed_places import name_feeds
from aggregator.pipeline.publish.manifest import Layout, Manifest, ShownItem, cut_items
from aggregator.pipeline.publish.topic_items import BuiltItem, BuiltItems
from aggregator.publish.channel import Channel
from aggregator.publish.frame import Frame, assemble
from aggregator.publish.item import Item
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS, TopicDocument
from aggregator.store import HeldItem

PIECES_KEPT = 12_000
"""Rendered items that are kept while topics are written one after another: parents show what children do."""
_Pieces = dict[str, bytes | memoryview]
_Key = tuple[str, str]
_ReadDocument = Callable[[], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicDocuments:
    """The ``files`` of a topic that differ from those there, by name, and what all of its files show.

    ``digests`` are those of the items that were built, by feed and id.
    """

    files: Mapping[str, bytes]
    manifest: Manifest
    digests: Mapping[_Key, str]


@dataclass(slots=True)
class PieceCache:
    """The bytes of items, by what renders them and their digest; those used longest ago go first."""

    pieces: OrderedDict[tuple[object, ...], bytes] = field(default_factory=OrderedDict)

    def find(self, document: TopicDocument, topic_id: str, digest: str) -> bytes | None:
        """Return the bytes of an item in such a document of a topic, None where they are not kept."""
        key = self._make_key(document, topic_id, digest)
        piece = self.pieces.get(key)
        if piece is not None:
            self.pieces.move_to_end(key)
        return piece

    def keep(self, document: TopicDocument, topic_id: str, digest: str, piece: bytes) -> None:
        """Keep the bytes of an item in such a document of a topic."""
        self.pieces[self._make_key(document, topic_id, digest)] = piece
        if len(self.pieces) > PIECES_KEPT:
            self.pieces.popitem(last=False)

    @staticmethod
    def _make_key(document: TopicDocument, topic_id: str, digest: str) -> tuple[object, ...]:
        return document.render_items, topic_id if document.of_topic else "", digest


def list_wanted(
    topic_id: str,
    held: Mapping[bool, Sequence[HeldItem]],
    known: Manifest,
    intact: frozenset[str],
) -> list[_Key]:
    """Return what is to be built of what a topic's feeds hold, of stories under True: feeds and ids.

    That is what has no digest, and whose bytes the documents lack; ``intact`` are the names of those that are
    as ``known``.
    """
    stories, articles = name_feeds(topic_id)
    wanted: list[_Key] = []
    for has_stories, items in held.items():
        usable = _find_usable(known, intact, has_stories=has_stories)
        feed = stories if has_stories else articles
        wanted += [(feed, item.item_id) for item in items if item.digest is None or item.digest not in usable]
    return wanted


def make_documents(
    held: Mapping[bool, Sequence[HeldItem]],
    built: BuiltItems,
    known: Manifest,
    *,
    wanted: Sequence[_Key],
    read: Mapping[str, _ReadDocument],
    cache: PieceCache,
) -> TopicDocuments:
    """Return the documents that show something else than ``known``.

    ``built`` is what was ``wanted``, but for what has gone meanwhile. ``read`` gives the bytes of those
    documents that are as they were written, by name.
    """
    channel = built.channel
    digests = {is_: _settle(channel.topic_id, is_, held[is_], built, wanted) for is_ in (True, False)}
    shown = {**known.items, **{one.digest: _describe(one) for one in built.items.values()}}
    items = {one.digest: one.item for one in built.items.values()}
    files: dict[str, bytes] = {}
    layouts: dict[str, Layout] = {}
    for document in TOPIC_DOCUMENTS:
        listed = digests[document.has_stories]
        frame = _render_frame(document, channel, listed, shown)
        layout = known.layouts.get(document.name) if document.name in read else None
        before = known.list_digests(has_stories=document.has_stories)
        mark = _digest_frame(frame)
        if layout and layout.frame == mark and before == listed:
            layouts[document.name] = layout
            continue
        usable: _Pieces = {}
        if layout and before:
            usable = dict(cut_items(read[document.name](), layout, before))
        pieces = _add_missing(document, channel, usable, listed, items=items, cache=cache)
        files[document.name] = assemble(frame, pieces)
        layouts[document.name] = _describe_layout(frame, mark, pieces)
    manifest = Manifest(
        stories=digests[True],
        articles=digests[False],
        items={digest: shown[digest] for listed in digests.values() for digest in listed},
        layouts=layouts,
    )
    found = {key: one.digest for key, one in built.items.items()}
    return TopicDocuments(files=files, manifest=manifest, digests=found)


def _settle(
    topic_id: str, has_stories: bool, held: Sequence[HeldItem], built: BuiltItems, wanted: Sequence[_Key]
) -> tuple[str, ...]:
    """Return the digests of what a feed holds, in its order."""
    feed = name_feeds(topic_id)[0 if has_stories else 1]
    asked = set(wanted)
    found: list[str] = []
    for item in held:
        one = built.items.get((feed, item.item_id))
        if one is not None:
            found.append(one.digest)
        elif item.digest is not None and (feed, item.item_id) not in asked:
            found.append(item.digest)
    return tuple(found)


def _render_frame(
    document: TopicDocument, channel: Channel, listed: Sequence[str], shown: Mapping[str, ShownItem]
) -> Frame:
    updated_s = max((shown[digest].updated_s for digest in listed), default=None)
    updated_at = None if updated_s is None else datetime.fromtimestamp(updated_s, UTC)
    return document.render_frame(channel, updated_at)


def _add_missing(
    document: TopicDocument,
    channel: Channel,
    usable: _Pieces,
    listed: Sequence[str],
    *,
    items: Mapping[str, Item],
    cache: PieceCache,
) -> list[bytes | memoryview]:
    """Return the bytes of a document's items, in their order; those that are not ``usable`` are made."""
    missing = []
    for digest in listed:
        if digest not in usable:
            kept = cache.find(document, channel.topic_id, digest)
            if kept is None:
                missing.append(digest)
            else:
                usable[digest] = kept
    rendered = document.render_items(channel, [items[digest] for digest in missing]) if missing else []
    for digest, piece in zip(missing, rendered, strict=True):
        usable[digest] = piece
        cache.keep(document, channel.topic_id, digest, piece)
    return [usable[digest] for digest in listed]


def _find_usable(known: Manifest, intact: frozenset[str], *, has_stories: bool) -> frozenset[str]:
    """Return the digests of the items whose bytes all documents of stories, or of articles, have."""
    names = {document.name for document in TOPIC_DOCUMENTS if document.has_stories == has_stories}
    if not (names <= intact and names <= known.layouts.keys()):
        return frozenset()
    return frozenset(known.list_digests(has_stories=has_stories))


def _describe(built: BuiltItem) -> ShownItem:
    return ShownItem(
        updated_s=int(built.item.updated_at.timestamp()),
        domains=tuple(dict.fromkeys(article.provider.domain for article in built.articles)),
    )


def _describe_layout(frame: Frame, mark: str, pieces: Sequence[bytes | memoryview]) -> Layout:
    return Layout(
        frame=mark, head=len(frame.head), separator=len(frame.separator), sizes=tuple(map(len, pieces))
    )


def _digest_frame(frame: Frame) -> str:
    parts = (frame.head, frame.separator, frame.tail, frame.without_items)
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
