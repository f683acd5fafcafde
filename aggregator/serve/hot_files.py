"""Small files that are asked for often: answered from memory, after one look at the file on the disk.

A fast path beside ``tree_endpoint``: it answers only what that answered before, with the same bytes, and
leaves everything else to it.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from aggregator.serve.cache import BoundedCache
from aggregator.serve.negotiation import IDENTITY, choose_coding, is_unchanged
from aggregator.serve.tree import Stamp, read_stamp_of

MAX_BYTES = 256 * 1024
"""Longer bodies are sent in pieces, so that a reader who stalls holds little."""
_LIMIT_BYTES = 64 * 1024 * 1024
_OVERHEAD_BYTES = 4_096
_MAX_ACCEPT_BYTES = 200
_CONDITIONS = frozenset({b"if-none-match", b"if-modified-since"})
_ELSEWHERE = frozenset({b"range", b"if-range", b"expect", b"upgrade"})
_OK = b"HTTP/1.1 200 OK\r\n"
_UNCHANGED = b"HTTP/1.1 304 Not Modified\r\n"
Fields = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, kw_only=True, slots=True)
class HotFile:
    """One representation of a file: the header fields of its answers 200 and 304 as they are sent."""

    path: str
    stamp: Stamp
    etag: bytes
    modified_at: datetime
    is_compressible: bool
    ok: bytes
    unchanged: bytes
    body: bytes | None
    """None where it is too long to be kept: then only 304 is answered."""


class HotFiles:
    """The representations that were asked for last, within ``limit_bytes`` of memory."""

    def __init__(self, limit_bytes: int = _LIMIT_BYTES) -> None:
        self._files: BoundedCache[tuple[bytes, str], HotFile] = BoundedCache(limit_bytes, _cost)

    def put(self, raw_path: bytes, coding: str, file: HotFile) -> None:
        """Keep a representation under the request's path, in place of the one of a former version."""
        if b"%" not in raw_path:  # else one file would be kept under many names
            self._files.replace((raw_path, coding), file)

    def answer(self, method: bytes, target: bytes, headers: Fields) -> tuple[bytes, bytes, bytes] | None:
        """Return status line, fields and body for a request without a body.

        None where ``tree_endpoint`` is to answer.
        """
        wanted = _read_fields(headers) if method in {b"GET", b"HEAD"} else None
        if wanted is None:
            return None
        file = self._find(target.partition(b"?")[0], _choose(wanted.get(b"accept-encoding")))
        if file is None:
            return None
        if _is_known(file, wanted):
            return _UNCHANGED, file.unchanged, b""
        if file.body is None:
            return None
        return _OK, file.ok, b"" if method == b"HEAD" else file.body

    def _find(self, raw_path: bytes, coding: str) -> HotFile | None:
        """Return the representation in a coding, or the file that is never coded, as it is on disk."""
        file = self._files.get((raw_path, coding))
        if file is None and coding != IDENTITY:
            file = self._files.get((raw_path, IDENTITY))
            if file and file.is_compressible:
                return None
        if file is None:
            return None
        try:
            state = os.stat(file.path)  # noqa: PTH116  # a Path costs as much as the call
        except OSError:
            return None
        return file if read_stamp_of(state) == file.stamp else None


def render_fields(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return header fields as they are sent, and the empty line behind them."""
    return b"".join(b"%s: %s\r\n" % pair for pair in headers) + b"\r\n"


def _cost(file: HotFile) -> int:
    return len(file.body or b"") + _OVERHEAD_BYTES


def _read_fields(headers: Fields) -> dict[bytes, bytes] | None:
    """Return the fields that an answer depends on; None where one is repeated, or asks for something else."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name == b"accept-encoding" or name in _CONDITIONS:
            if name in found:
                return None
            found[name] = value
        elif name in _ELSEWHERE:
            return None
    return found


def _choose(accept_encoding: bytes | None) -> str:
    if accept_encoding is None:
        return IDENTITY
    text = accept_encoding.decode("latin-1")
    return _choose_again(text) if len(text) <= _MAX_ACCEPT_BYTES else choose_coding(text)


_choose_again = lru_cache(maxsize=256)(choose_coding)


def _is_known(file: HotFile, wanted: dict[bytes, bytes]) -> bool:
    tags = wanted.get(b"if-none-match")
    if tags is not None and tags == file.etag:
        return True
    since = wanted.get(b"if-modified-since")
    if tags is None and since is None:
        return False
    return is_unchanged(
        if_none_match=None if tags is None else tags.decode("latin-1"),
        if_modified_since=None if since is None else since.decode("latin-1"),
        etag=file.etag.decode("latin-1"),
        modified_at=file.modified_at,
    )
