"""Compressed bodies, kept as long as there is room."""

import gzip
from threading import Lock

import brotli  # type: ignore[import-untyped]  # ships no types, and nobody else does

from aggregator.serve.cache import BoundedCache
from aggregator.serve.tree import ServedFile

# A feed of 686 KB, ms and KB: gzip 5 13, 136; 6 25, 133; 9 31, 131. Brotli 5 11, 128; 6 13, 123; 7 20, 120;
# 9 43, 117; 11 1130, 110. Beyond these it shrinks little and takes long.
_GZIP_LEVEL = 6
_BROTLI_QUALITY = 6
_LIMIT_BYTES = 32 * 1024 * 1024
MAX_COMPRESSED_BYTES = 24 * 1024 * 1024
"""Longer files are sent as they are: compressed, one might not be kept, and each reader would hold a copy."""


class Compressor:
    """Compresses documents; the same document and coding give the same bytes, always.

    All who read them at the same time share one copy.
    """

    def __init__(self, limit_bytes: int = _LIMIT_BYTES) -> None:
        self._bodies: BoundedCache[tuple[str, str], bytes] = BoundedCache(limit_bytes, len)
        self._turn = Lock()

    def encode(self, document: ServedFile, coding: str) -> bytes:
        """Return the document's body in ``coding``: ``br`` or ``gzip``; its file is read, not closed."""
        key = (document.digest, coding)
        body = self._bodies.get(key)
        if body is None:
            with self._turn:  # else all who ask for a new version compress it, and hold copies
                body = self._bodies.get(key)
                if body is None:
                    body = _compress(document.read(), coding)
                    self._bodies.put(key, body)
        return body


def _compress(body: bytes, coding: str) -> bytes:
    if coding == "br":
        return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY))
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)  # a time would make the bytes differ
