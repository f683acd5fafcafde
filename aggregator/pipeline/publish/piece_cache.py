"""The bytes of items that were rendered, while topics are written one after another."""

from collections import OrderedDict
from dataclasses import dataclass, field

from aggregator.publish.topic_documents import TopicDocument

PIECES_KEPT = 12_000
"""Rendered items that are kept: parents show what children do."""


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
