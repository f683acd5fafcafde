"""Compressed bodies, kept as long as there is room."""

import gzip

import brotli  # type: ignore[import-untyped]  # ships no types, and nobody else does

from aggregator.serve.cache import BoundedCache
from aggregator.serve.negotiation import IDENTITY
from aggregator.serve.tree import Document

# above these a feed shrinks little but takes several times as long
_GZIP_LEVEL = 6
_BROTLI_QUALITY = 5
_LIMIT_BYTES = 32 * 1024 * 1024


class Coder:
    """Compresses documents; the same document and coding give the same bytes, always."""

    def __init__(self, limit_bytes: int = _LIMIT_BYTES) -> None:
        self._bodies: BoundedCache[tuple[str, str], bytes] = BoundedCache(limit_bytes, len)

    def encode(self, document: Document, coding: str) -> bytes:
        """Return the document's body in ``coding``: ``br``, ``gzip`` or ``identity``."""
        if coding == IDENTITY:
            return document.body
        key = (document.digest, coding)
        body = self._bodies.get(key)
        if body is None:
            body = _compress(document.body, coding)
            self._bodies.put(key, body)
        return body


def _compress(body: bytes, coding: str) -> bytes:
    if coding == "br":
        return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY))
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)  # a time would make the bytes differ
