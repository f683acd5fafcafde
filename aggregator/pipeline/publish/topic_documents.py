"""The documents of a topic, made of the bytes of items that are there and of those made anew; pure.

what feeds hold ─► digests ─► which bytes the files have ─► the others rendered ─► documents, manifest
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aggregator.pipeline.publish.feed_places import name_feeds
from aggregator.pipeline.publish.manifest import Layout, Manifest, ShownItem
from aggregator.pipeline.publish.topic_items import BuiltItem, BuiltItems
from aggregator.publish.channel import Channel
from aggregator.publish.frame import Frame, assemble
from aggregator.publish.item import Item
from aggregator.publish.synced_file import Parts
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS, TopicDocument
from aggregator.store import HeldItem

PIECES_KEPT = 12_000
"""Rendered items that are kept while topics are written one after another: parents show what children do."""
_Key = tuple[str, str]
_ReadDocument = Callable[[], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicDocuments:
    """The ``files`` of a topic that differ from those there, by name, and what all of its files show.

    ``digests`` are those of the items that were built, by feed and id.
    """

    files: Mapping[str, Parts]
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
    shown = {**known.items, **{one.digest: _describe(one) for one in built.items.values()}}
    items = {one.digest: one.item for one in built.items.values()}
    files: dict[str, Parts] = {}
    layouts: dict[str, Layout] = {}
    listed: dict[bool, tuple[str, ...]] = {}
    for has_stories in (True, False):
        digests = _settle(channel.topic_id, has_stories, held[has_stories], built, wanted)
        before = known.list_digests(has_stories=has_stories)
        updated_at = _find_last_update(digests, shown)
        runs = _find_runs(before, digests)
        listed[has_stories] = digests
        for document in TOPIC_DOCUMENTS:
            if document.has_stories != has_stories:
                continue
            frame = document.render_frame(channel, updated_at)
            mark = _digest_frame(frame)
            layout = known.layouts.get(document.name) if document.name in read else None
            if layout and layout.frame == mark and before == digests:
                layouts[document.name] = layout
                continue
            old = read[document.name]() if layout and before else b""
            renderer = _Renderer(document, channel, items, cache)
            pieces = renderer.find_pieces(digests, runs, layout if old else None, old)
            files[document.name] = assemble(frame, pieces.parts)
            layouts[document.name] = Layout(
                frame=mark, head=len(frame.head), separator=len(frame.separator), sizes=tuple(pieces.sizes)
            )
    manifest = Manifest(
        stories=listed[True],
        articles=listed[False],
        items={digest: shown[digest] for digests in listed.values() for digest in digests},
        layouts=layouts,
    )
    found = {key: one.digest for key, one in built.items.items()}
    return TopicDocuments(files=files, manifest=manifest, digests=found)


@dataclass(frozen=True, slots=True)
class _Run:
    """Items that stand together, from ``start`` up to ``end``; ``before``: where they stood, None: new."""

    start: int
    end: int
    before: int | None


def _find_runs(before: Sequence[str], after: Sequence[str]) -> list[_Run]:
    """Return what stands in ``after`` as it stood in ``before``, in as few pieces as can be."""
    places = {digest: place for place, digest in enumerate(before)}
    runs: list[_Run] = []
    start = 0
    while start < len(after):
        place = places.get(after[start])
        end = start + 1
        if place is not None:
            while (
                end < len(after)
                and place + end - start < len(before)
                and after[end] == before[place + end - start]
            ):
                end += 1
        runs.append(_Run(start, end, place))
        start = end
    return runs


@dataclass(slots=True)
class _Pieces:
    """The ``parts`` of a document between its separators, and the ``sizes`` of its items."""

    parts: list[bytes | memoryview] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Renderer:
    """Makes the bytes of items in one document of a topic, unless they are there."""

    document: TopicDocument
    channel: Channel
    items: Mapping[str, Item]
    cache: PieceCache

    def find_pieces(
        self, digests: Sequence[str], runs: Sequence[_Run], layout: Layout | None, old: bytes
    ) -> _Pieces:
        """Return the bytes of the items, those of ``runs`` cut from the ``old`` document."""
        pieces = _Pieces()
        if layout is None:
            self._add_made(pieces, digests)
            return pieces
        starts, view = layout.list_starts(), memoryview(old)
        for run in runs:
            if run.before is None:
                self._add_made(pieces, digests[run.start : run.end])
            else:
                last = run.before + run.end - run.start
                pieces.parts.append(view[starts[run.before] : starts[last] - layout.separator])
                pieces.sizes += layout.sizes[run.before : last]
        return pieces

    def _add_made(self, pieces: _Pieces, digests: Sequence[str]) -> None:
        kept = [self.cache.find(self.document, self.channel.topic_id, digest) for digest in digests]
        missing = [digest for digest, piece in zip(digests, kept, strict=True) if piece is None]
        items = [self.items[digest] for digest in missing]
        made = iter(self.document.render_items(self.channel, items) if items else ())
        for digest, piece in zip(digests, kept, strict=True):
            part = piece
            if part is None:
                part = next(made)
                self.cache.keep(self.document, self.channel.topic_id, digest, part)
            pieces.parts.append(part)
            pieces.sizes.append(len(part))


def _settle(
    topic_id: str, has_stories: bool, held: Sequence[HeldItem], built: BuiltItems, wanted: Sequence[_Key]
) -> tuple[str, ...]:
    """Return the digests of what a feed holds, in its order."""
    feed = name_feeds(topic_id)[0 if has_stories else 1]
    asked = {item_id for of_feed, item_id in wanted if of_feed == feed}
    if not asked:
        return tuple(item.digest for item in held if item.digest is not None)
    fresh = {
        item_id: built.items[feed, item_id].digest for item_id in asked if (feed, item_id) in built.items
    }
    digests = [fresh.get(i.item_id) if i.item_id in asked else i.digest for i in held]
    return tuple([digest for digest in digests if digest is not None])


def _find_last_update(digests: Sequence[str], shown: Mapping[str, ShownItem]) -> datetime | None:
    updated_s = max([shown[digest][0] for digest in digests], default=None)
    return None if updated_s is None else datetime.fromtimestamp(updated_s, UTC)


def _find_usable(known: Manifest, intact: frozenset[str], *, has_stories: bool) -> frozenset[str]:
    """Return the digests of the items whose bytes all documents of stories, or of articles, have."""
    names = {document.name for document in TOPIC_DOCUMENTS if document.has_stories == has_stories}
    if not (names <= intact and names <= known.layouts.keys()):
        return frozenset()
    return frozenset(known.list_digests(has_stories=has_stories))


def _describe(built: BuiltItem) -> ShownItem:
    domains = dict.fromkeys(article.provider.domain for article in built.articles)
    return int(built.item.updated_at.timestamp()), " ".join(domains)


def _digest_frame(frame: Frame) -> str:
    parts = (frame.head, frame.separator, frame.tail, frame.without_items)
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
