"""The documents of a topic, made of the bytes of items that are there already and of those made anew.

what feeds hold ─► digests ─► which bytes the files have ─► the others rendered ─► documents, manifest
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from aggregator.pipeline.publish.manifest import Layout, Manifest, ShownItem, cut_items
from aggregator.pipeline.publish.topic_items import BuiltItem, BuiltItems, build_topic_items
from aggregator.publish.channel import Channel
from aggregator.publish.frame import Frame, assemble
from aggregator.publish.item import Item
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS, TopicDocument
from aggregator.rules import Rules
from aggregator.store import FeedItem, Store

_Pieces = dict[str, bytes | memoryview]


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicContent:
    """What a topic's feeds hold, in their order, and what of it was ``built`` anew."""

    stories: tuple[FeedItem, ...]
    articles: tuple[FeedItem, ...]
    built: BuiltItems

    @property
    def shown(self) -> dict[str, ShownItem]:
        """Return what was built as the manifest has it, by digest."""
        return {one.digest: _describe(one) for one in self.built.items.values()}

    def list_places(self, *, has_stories: bool) -> tuple[FeedItem, ...]:
        """Return what the feeds of stories, or those of articles, hold."""
        return self.stories if has_stories else self.articles


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicDocuments:
    """The ``files`` of a topic that differ from those there, by name, and what all of its files show.

    Where files are ``intact``, it is known that their bytes differ.
    """

    files: Mapping[str, bytes]
    manifest: Manifest
    intact: frozenset[str]


def find_content(
    places: Mapping[bool, Sequence[FeedItem]],
    channel: Channel,
    known: Manifest,
    intact: frozenset[str],
    *,
    rules: Rules,
    store: Store,
    now: datetime,
) -> TopicContent:
    """Return what feeds hold with its digests, and the items whose bytes are lacking.

    ``places`` has what the feed of stories holds under True, of articles under False. ``intact`` are
    the names of the documents that are as ``known``.
    """
    usable = {has_stories: _find_usable(known, intact, has_stories=has_stories) for has_stories in places}
    wanted = [
        place
        for has_stories, held in places.items()
        for place in held
        if place.digest is None or place.digest not in usable[has_stories]
    ]
    built = build_topic_items(wanted, channel, rules=rules, store=store, now=now)
    asked = {(place.feed, place.item_id) for place in wanted}

    def settle(held: Sequence[FeedItem]) -> tuple[FeedItem, ...]:
        keys = ((place, (place.feed, place.item_id)) for place in held)
        return tuple(
            replace(place, digest=built.items[key].digest) if key in built.items else place
            for place, key in keys
            if key in built.items or key not in asked
        )

    return TopicContent(stories=settle(places[True]), articles=settle(places[False]), built=built)


def make_documents(
    content: TopicContent, known: Manifest, intact: frozenset[str], folder: Path
) -> TopicDocuments:
    """Return the documents that show something else than ``known``, in the topic's ``folder``."""
    shown = {**known.items, **content.shown}
    render = _Renderer(content.built)
    files, layouts = {}, {}
    for document in TOPIC_DOCUMENTS:
        held = content.list_places(has_stories=document.has_stories)
        digests = [place.digest for place in held if place.digest is not None]
        updated_s = max((shown[digest].updated_s for digest in digests), default=None)
        updated_at = None if updated_s is None else datetime.fromtimestamp(updated_s, UTC)
        frame = document.render_frame(content.built.channel, updated_at)
        layout = known.layouts.get(document.name)
        before = known.list_digests(has_stories=document.has_stories)
        is_intact = document.name in intact and layout is not None
        if layout and is_intact and layout.frame == _digest_frame(frame) and before == tuple(digests):
            layouts[document.name] = layout
            continue
        usable: _Pieces = {}
        if layout and is_intact and before:
            usable = dict(cut_items((folder / document.name).read_bytes(), layout, before))
        pieces = render.add_missing(document, usable, digests)
        files[document.name] = assemble(frame, pieces)
        layouts[document.name] = Layout(
            frame=_digest_frame(frame),
            head=len(frame.head),
            separator=len(frame.separator),
            sizes=tuple(map(len, pieces)),
        )
    kept = {
        has_stories: tuple(p.digest for p in content.list_places(has_stories=has_stories) if p.digest)
        for has_stories in (True, False)
    }
    manifest = Manifest(
        stories=kept[True],
        articles=kept[False],
        items={digest: shown[digest] for digest in (*kept[True], *kept[False])},
        layouts=layouts,
    )
    return TopicDocuments(files=files, manifest=manifest, intact=intact)


class _Renderer:
    """Renders each item once for all documents that share its bytes."""

    def __init__(self, built: BuiltItems) -> None:
        self._channel = built.channel
        self._items: dict[str, Item] = {one.digest: one.item for one in built.items.values()}
        self._made: dict[object, _Pieces] = {}

    def add_missing(self, document: TopicDocument, usable: _Pieces, digests: Sequence[str]) -> list[bytes]:
        """Return the bytes of a document's items, in their order; those that are not ``usable`` are made."""
        made = self._made.setdefault(document.render_items, {})
        missing = [digest for digest in digests if digest not in usable and digest not in made]
        rendered = document.render_items(self._channel, [self._items[digest] for digest in missing])
        made.update(zip(missing, rendered, strict=True))
        return [usable[digest] if digest in usable else made[digest] for digest in digests]  # type: ignore[misc]


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


def _digest_frame(frame: Frame) -> str:
    parts = (frame.head, frame.separator, frame.tail, frame.without_items)
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
