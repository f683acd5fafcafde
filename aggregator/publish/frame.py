"""A document as its frame and its items, each of which is bytes of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator.publish.synced_file import Parts

FRAMES_KEPT = 2_048
"""Frames of a format that are kept, as topics seldom say something else of themselves: 2 KB each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What a document says besides its items: ``head``, items with ``separator`` between them, ``tail``.

    ``without_items`` is the whole document where there are none.
    """

    head: bytes
    separator: bytes = b""
    tail: bytes
    without_items: bytes


def assemble(frame: Frame, items: Sequence[bytes | memoryview]) -> Parts:
    """Return the parts of the document that has this frame and the items, in their order."""
    if not items:
        return (frame.without_items,)
    if not frame.separator:
        return (frame.head, *items, frame.tail)
    parts: list[bytes | memoryview] = [frame.head]
    for item in items:
        parts += (item, frame.separator)
    parts[-1] = frame.tail
    return tuple(parts)


def cut_frame(document: bytes, tail: bytes) -> Frame:
    """Return the frame of a document without items, which stand before its ``tail``."""
    return Frame(head=document.removesuffix(tail), tail=tail, without_items=document)


def date_frame(frame: Frame, markup: bytes, dated: bytes) -> Frame:
    """Return a frame with another time: ``dated`` in place of the ``markup`` that holds it in its head."""
    return replace(
        frame,
        head=frame.head.replace(markup, dated, 1),
        without_items=frame.without_items.replace(markup, dated, 1),
    )


def cut_items(document: bytes, start: bytes, tail: bytes) -> list[bytes]:
    """Return the items of a document: each begins with ``start``, after the last follows the ``tail``.

    ``start`` is markup that nothing else in the document is, as texts are escaped.
    """
    _, *items = document.removesuffix(tail).split(start)
    return [start + item for item in items]
