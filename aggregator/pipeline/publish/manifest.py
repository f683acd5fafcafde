"""What the files of a topic show, item by item, so that the bytes of an item serve again; pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownItem:
    """An item as files show it: when it was last updated, in seconds since 1970, and the domains it names."""

    updated_s: int
    domains: tuple[str, ...]


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

    ``items`` are by digest, ``layouts`` by the name of the document.
    """

    stories: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    items: Mapping[str, ShownItem]
    layouts: Mapping[str, Layout]

    def list_digests(self, *, has_stories: bool) -> tuple[str, ...]:
        """Return what the documents of stories, or those of articles, show."""
        return self.stories if has_stories else self.articles


EMPTY = Manifest(items={}, layouts={})


def encode_manifest(manifest: Manifest) -> bytes:
    """Return a manifest as it is stored."""
    value = {
        "stories": manifest.stories,
        "articles": manifest.articles,
        "items": {key: [item.updated_s, *item.domains] for key, item in manifest.items.items()},
        "layouts": {
            name: [layout.frame, layout.head, layout.separator, *layout.sizes]
            for name, layout in manifest.layouts.items()
        },
    }
    return json.dumps(value, separators=(",", ":")).encode()


def decode_manifest(stored: bytes | None) -> Manifest:
    """Return a manifest that was stored; an empty one where there is none."""
    if stored is None:
        return EMPTY
    value = json.loads(stored)
    return Manifest(
        stories=tuple(value["stories"]),
        articles=tuple(value["articles"]),
        items={
            key: ShownItem(updated_s=updated_s, domains=tuple(domains))
            for key, (updated_s, *domains) in value["items"].items()
        },
        layouts={
            name: Layout(frame=frame, head=head, separator=separator, sizes=tuple(sizes))
            for name, (frame, head, separator, *sizes) in value["layouts"].items()
        },
    )
