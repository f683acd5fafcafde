"""The documents of a topic, made of the bytes of items that are there and of those made anew; pure.

what feeds show ─► digests ─► which bytes the files have ─► the others rendered ─► documents, manifest
               └─► when they were updated
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from types import MappingProxyType
from typing import Self

from aggregator.pipeline.publish.feed_places import name_feeds
from aggregator.pipeline.publish.manifest import Layout, Manifest, ShownItem, get_updated
from aggregator.pipeline.publish.piece_cache import PieceCache
from aggregator.pipeline.publish.topic_items import BuiltItem, BuiltItems
from aggregator.publish.channel import Channel, Tombstone
from aggregator.publish.frame import Frame, assemble
from aggregator.publish.item import Item
from aggregator.publish.synced_file import Parts
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS, TopicDocument
from aggregator.store import ListedItem

NOTHING_DELETED: Mapping[bool, tuple[Tombstone, ...]] = MappingProxyType({})
_Key = tuple[str, str]
_ReadDocument = Callable[[], bytes]


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
    read: Mapping[str, _ReadDocument],
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
        has_stories: _FeedChange.of(known.list_digests(has_stories=has_stories), digests)
        for has_stories, digests in shown.digests.items()
    }
    for document in TOPIC_DOCUMENTS:
        # Frames show no icons, and are kept without.
        plain = replace(channel, publisher_icons={}, deleted=shown.deleted.get(document.has_stories, ()))
        frame = document.render_frame(plain, updated_at[document.has_stories])
        layout = known.layouts.get(document.name) if document.name in read else None
        renderer = _Renderer(document, channel, items, cache)
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


@dataclass(frozen=True, slots=True)
class _Run:
    """Items that stand together, from ``start`` up to ``end``; ``before``: where they stood, None: new."""

    start: int
    end: int
    before: int | None


@dataclass(frozen=True, slots=True)
class _FeedChange:
    """The digests of a feed's items ``before`` and ``after``, and which of these stand as they stood."""

    before: Sequence[str]
    after: Sequence[str]
    runs: Sequence[_Run]

    @classmethod
    def of(cls, before: Sequence[str], after: Sequence[str]) -> Self:
        return cls(before, after, _find_runs(before, after))


def _find_runs(before: Sequence[str], after: Sequence[str]) -> list[_Run]:
    """Return what stands in ``after`` as it stood in ``before``, in as few pieces as can be."""
    places = {digest: place for place, digest in enumerate(before)}
    runs: list[_Run] = []
    start = 0
    while start < len(after):
        place = places.get(after[start])
        end = start + (1 if place is None else _count_equal(after, start, before, place))
        runs.append(_Run(start, end, place))
        start = end
    return runs


def _count_equal(some: Sequence[str], at: int, others: Sequence[str], other_at: int) -> int:
    """Return how many follow each other in both from there on, at least the first, which is the same."""
    equal, step = 1, 1
    while step:
        ends = at + equal + step, other_at + equal + step
        if (
            ends[0] <= len(some)
            and ends[1] <= len(others)
            and (some[at + equal : ends[0]] == others[other_at + equal : ends[1]])
        ):
            equal, step = equal + step, 2 * step
        else:
            step //= 2
    return equal


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

    def make_document(
        self, frame: Frame, change: _FeedChange, layout: Layout | None, read: _ReadDocument | None
    ) -> tuple[Parts | None, Layout]:
        """Return the document, None where it is as it was, and its layout.

        ``read`` gives the bytes that are there in that ``layout``; None: nothing of use is.
        """
        mark = _digest_frame(frame)
        if layout and layout.frame == mark and change.before == change.after:
            return None, layout
        old = read() if read and layout and change.before else b""
        pieces = self._find_pieces(change, layout if old else None, old)
        made = Layout(
            frame=mark, head=len(frame.head), separator=len(frame.separator), sizes=tuple(pieces.sizes)
        )
        return assemble(frame, pieces.parts), made

    def _find_pieces(self, change: _FeedChange, layout: Layout | None, old: bytes) -> _Pieces:
        """Return the bytes of the items, those that stand as they stood cut from the ``old`` document."""
        pieces = _Pieces()
        if layout is None:
            self._add_made(pieces, change.after)
            return pieces
        starts, view = layout.list_starts(), memoryview(old)
        for run in change.runs:
            if run.before is None:
                self._add_made(pieces, change.after[run.start : run.end])
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


def _digest_frame(frame: Frame) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in (frame.head, frame.separator, frame.tail, frame.without_items):
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()
