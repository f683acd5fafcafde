"""One document of a topic, made of the bytes that it has already and of those of items made anew; pure."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from aggregator.pipeline.publish.manifest import Layout
from aggregator.pipeline.publish.piece_cache import PieceCache
from aggregator.publish.channel import Channel
from aggregator.publish.frame import Frame, assemble
from aggregator.publish.item import Item
from aggregator.publish.synced_file import Parts
from aggregator.publish.topic_documents import TopicDocument

ReadDocument = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class _Run:
    """Items that stand together, from ``start`` up to ``end``; ``before``: where they stood, None: new."""

    start: int
    end: int
    before: int | None


@dataclass(frozen=True, slots=True)
class FeedChange:
    """The digests of a feed's items ``before`` and ``after``, and which of these stand as they stood."""

    before: Sequence[str]
    after: Sequence[str]
    runs: Sequence[_Run]

    @classmethod
    def of(cls, before: Sequence[str], after: Sequence[str]) -> Self:
        """Return the change from one order of items to another."""
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
class DocumentRenderer:
    """Makes the bytes of items in one document of a topic, unless they are there."""

    document: TopicDocument
    channel: Channel
    items: Mapping[str, Item]
    cache: PieceCache

    def make_document(
        self, frame: Frame, change: FeedChange, layout: Layout | None, read: ReadDocument | None
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

    def _find_pieces(self, change: FeedChange, layout: Layout | None, old: bytes) -> _Pieces:
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


def _digest_frame(frame: Frame) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in (frame.head, frame.separator, frame.tail, frame.without_items):
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()
