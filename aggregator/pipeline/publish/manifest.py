"""What the files of a topic show, item by item, so that the bytes of an item serve again; pure."""

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias

FORM = 2
"""Raised when manifests are stored in another form: files of the form before are made anew."""
ShownItem: TypeAlias = tuple[int, str]
"""An item as files show it: when it was last updated, in seconds since 1970, and the domains that it names.

Those stand in one text, with spaces between: thousands of texts would take longer to read than all else.
"""


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

    def list_digests(self, *, has_stories: bool) -> tuple[str, ...]:
        """Return what the documents of stories, or those of articles, show."""
        return self.stories if has_stories else self.articles


def has_other_publishers(before: Manifest, after: Manifest) -> bool:
    """Tell whether two manifests name different publishers."""
    moved = before.items.keys() ^ after.items.keys()
    names = " ".join([one.items[digest][1] for one in (before, after) for digest in moved & one.items.keys()])
    # A look through a long text is far quicker than taking it apart.
    texts = [f" {' '.join([named for _, named in one.items.values()])} " for one in (before, after)]
    return any((f" {domain} " in texts[0]) != (f" {domain} " in texts[1]) for domain in set(names.split()))


EMPTY = Manifest(items={}, layouts={})


def encode_manifest(manifest: Manifest) -> bytes:
    """Return a manifest as it is stored: in few long texts, which are read faster than many values."""
    shown = [manifest.items[digest] for digest in _list_items(manifest.stories, manifest.articles)]
    value = {
        "form": FORM,
        "stories": " ".join(manifest.stories),
        "articles": " ".join(manifest.articles),
        "updated": _pack([updated_s for updated_s, _ in shown]),
        "domains": "\n".join([domains for _, domains in shown]),
        "layouts": {
            name: [layout.frame, _pack((layout.head, layout.separator, *layout.sizes))]
            for name, layout in manifest.layouts.items()
        },
    }
    return json.dumps(value, separators=(",", ":")).encode()


def decode_manifest(stored: bytes | None) -> Manifest:
    """Return a manifest that was stored; an empty one where there is none, or it is of another version."""
    value = json.loads(stored) if stored else {}
    if value.get("form") != FORM:
        return EMPTY
    stories, articles = tuple(value["stories"].split()), tuple(value["articles"].split())
    shown = zip(_unpack(value["updated"]), value["domains"].split("\n"), strict=False)
    return Manifest(
        stories=stories,
        articles=articles,
        items=dict(zip(_list_items(stories, articles), shown, strict=True)),
        layouts={name: _decode_layout(frame, numbers) for name, (frame, numbers) in value["layouts"].items()},
    )


def _decode_layout(frame: str, numbers: str) -> Layout:
    head, separator, *sizes = _unpack(numbers)
    return Layout(frame=frame, head=head, separator=separator, sizes=tuple(sizes))


def _list_items(stories: Iterable[str], articles: Iterable[str]) -> list[str]:
    """Return every digest once, in the order of what is stored of them."""
    return list(dict.fromkeys((*stories, *articles)))


def _pack(numbers: Sequence[int]) -> str:
    return struct.pack(f"<{len(numbers)}q", *numbers).hex()


def _unpack(packed: str) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 16}q", bytes.fromhex(packed))
