"""What the files of a topic show, item by item, so that the bytes of an item serve again; pure."""

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import TypeAlias

from aggregator.publish.feed_kind import FeedKind

FORM = 3
"""Raised when manifests are stored in another form: files of the form before are made anew."""
ShownItem: TypeAlias = tuple[int, str]
"""An item as files show it: when it was last updated, in seconds since 1970, and the domains that it names.

Those stand in one text, with spaces between: thousands of texts would take longer to read than all else.
"""

get_updated, _get_domains = itemgetter(0), itemgetter(1)
"""Return when an item was updated, and the domains that it names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Where the bytes of a document's items are: after a head, in pieces of ``sizes``, separators between.

    ``frame`` is a digest of all that is not an item.
    """

    frame: str
    head: int
    separator: int
    sizes: tuple[int, ...]

    def list_starts(self) -> list[int]:
        """Return where each item starts, and where another one would start after the last."""
        if self.separator:
            sizes: Iterable[int] = (size + self.separator for size in self.sizes)
        else:
            sizes = self.sizes
        return list(accumulate(sizes, initial=self.head))


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What the documents of a topic show: the digests of ``stories`` and ``articles``, in their order.

    ``items`` are by digest, ``layouts`` by the name of the document. As many as there are, items stay as they
    were stored: compared are manifests by their digests and layouts.
    """

    stories: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    items: Mapping[str, ShownItem] = field(compare=False)
    layouts: Mapping[str, Layout]

    @property
    def domains(self) -> frozenset[str]:
        """Return the publishers that any item names."""
        return frozenset(" ".join([domains for _, domains in self.items.values()]).split())

    def list_digests(self, kind: FeedKind) -> tuple[str, ...]:
        """Return what the documents of stories, or those of articles, show."""
        return self.stories if kind is FeedKind.STORIES else self.articles


def has_other_publishers(before: Manifest, after: Manifest) -> bool:
    """Tell whether two manifests name different publishers."""
    moved = before.items.keys() ^ after.items.keys()
    if not moved:
        return False
    names = " ".join([one.items[digest][1] for one in (before, after) for digest in moved & one.items.keys()])
    # A look through a long text is far quicker than taking it apart.
    texts = [f" {' '.join(map(_get_domains, one.items.values()))} " for one in (before, after)]
    return any((f" {domain} " in texts[0]) != (f" {domain} " in texts[1]) for domain in set(names.split()))


EMPTY = Manifest(items={}, layouts={})


def encode_manifest(manifest: Manifest) -> bytes:
    """Return a manifest as it is stored: a line of JSON that tells how long each of the parts behind it is.

    Those are few long texts and rows of numbers, which are read in a fraction of the time of many values.
    """
    shown = list(map(manifest.items.__getitem__, _list_items(manifest.stories, manifest.articles)))
    parts = [
        " ".join(manifest.stories).encode(),
        " ".join(manifest.articles).encode(),
        "\n".join(map(_get_domains, shown)).encode(),
        _pack(list(map(get_updated, shown))),
        *(_pack(layout.sizes) for layout in manifest.layouts.values()),
    ]
    layouts = [[name, lay.frame, lay.head, lay.separator] for name, lay in manifest.layouts.items()]
    head = {"form": FORM, "lengths": list(map(len, parts)), "layouts": layouts}
    return b"\n".join((json.dumps(head, separators=(",", ":")).encode(), b"".join(parts)))


def decode_manifest(stored: bytes | None) -> Manifest:
    """Return a manifest that was stored; an empty one where there is none, or it is of another version."""
    line, _, rest = (stored or b"{}").partition(b"\n")
    head = json.loads(line)
    if head.get("form") != FORM:
        return EMPTY
    ends = list(accumulate(head["lengths"], initial=0))
    parts = [rest[start:end] for start, end in pairwise(ends)]
    stories, articles = tuple(parts[0].decode().split()), tuple(parts[1].decode().split())
    shown = zip(_unpack(parts[3]), parts[2].decode().split("\n"), strict=False)
    sizes = map(_unpack, parts[4:])
    return Manifest(
        stories=stories,
        articles=articles,
        items=dict(zip(_list_items(stories, articles), shown, strict=True)),
        layouts={
            name: Layout(frame=frame, head=size, separator=separator, sizes=next(sizes))
            for name, frame, size, separator in head["layouts"]
        },
    )


def _list_items(stories: Iterable[str], articles: Iterable[str]) -> list[str]:
    """Return every digest once, in the order of what is stored of them."""
    return list(dict.fromkeys((*stories, *articles)))


def _pack(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}q", *numbers)


def _unpack(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 8}q", packed)
