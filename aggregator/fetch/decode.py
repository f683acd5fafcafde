"""Content codings undone piece by piece, so that a bomb stops at the limit, not in memory.

gzip and deflate (RFC 1950 to 1952), brotli (RFC 7932), zstd (RFC 8878, windows by RFC 9659).
"""

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # ships no types, and nobody else does

from aggregator.errors import BodyTooLarge, FetchError
from aggregator.fetch.exchange import THEIRS

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
MAX_CODINGS = 2
PIECE_BYTES = 64 * 1024
# A body of more gzip members or zstd frames than this has them only to cost time.
MAX_MEMBERS = 1000
ZSTD_WINDOW_LOG = 23
"""The power of two of the largest window, 8 MiB."""
GZIP_START = 0x1F
GZIP_MARK = b"\x1f\x8b\x08"


class _BrokenCoding(Exception):
    """The bytes are not what the name of their coding promises; ``str()`` says why."""


class _ContentCoding(Protocol):
    """One coding; ``undo`` gives what the next bytes add, ``is_complete`` whether its end was seen."""

    @property
    def is_complete(self) -> bool: ...

    def undo(self, coded: bytes) -> Iterator[bytes]: ...


def _inflate(inflater: "zlib._Decompress", coded: bytes) -> Iterator[bytes]:
    while True:
        piece = inflater.decompress(coded, PIECE_BYTES)
        yield piece
        coded = inflater.unconsumed_tail
        if inflater.eof or (not coded and len(piece) < PIECE_BYTES):
            return


class _Gzip:
    def __init__(self) -> None:
        self.is_complete = False
        self._inflater = zlib.decompressobj(wbits=31)
        self._members = 1
        self._is_padding = False

    def undo(self, coded: bytes) -> Iterator[bytes]:
        while coded and not self._is_padding:
            if self.is_complete:
                self._start_member(coded)
            if not self._is_padding:
                yield from _inflate(self._inflater, coded)
                self.is_complete = self._inflater.eof
                coded = self._inflater.unused_data

    def _start_member(self, coded: bytes) -> None:
        # As gunzip and browsers do: what follows the last member and starts no other is ignored.
        self._is_padding = coded[0] != GZIP_START
        if not self._is_padding:
            self._members = _count_member(self._members)
            self._inflater = zlib.decompressobj(wbits=31)


class _Deflate:
    """zlib-wrapped as the standard says, or raw as some servers send it; the first two bytes tell."""

    def __init__(self) -> None:
        self._head = b""
        self._inflater: zlib._Decompress | None = None

    @property
    def is_complete(self) -> bool:
        return self._inflater is not None and self._inflater.eof

    def undo(self, coded: bytes) -> Iterator[bytes]:
        if self._inflater is None:
            self._head += coded
            if len(self._head) < 2:
                return
            coded, self._head = self._head, b""
            is_wrapped = coded[0] & 0x0F == 8 and int.from_bytes(coded[:2], "big") % 31 == 0
            self._inflater = zlib.decompressobj(wbits=15 if is_wrapped else -15)
        if not self._inflater.eof:
            yield from _inflate(self._inflater, coded)


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    @property
    def is_complete(self) -> bool:
        return bool(self._decompressor.is_finished())

    def undo(self, coded: bytes) -> Iterator[bytes]:
        if self.is_complete:
            raise _BrokenCoding("bytes after its end")
        piece = self._decompressor.process(coded, output_buffer_limit=PIECE_BYTES)
        # It may say that it can accept more while it still holds output back.
        while piece or not self._decompressor.can_accept_more_data():
            yield piece
            piece = self._decompressor.process(b"", output_buffer_limit=PIECE_BYTES)


class _Zstd:
    def __init__(self) -> None:
        self._frame = _open_zstd_frame()
        self._frames = 1

    @property
    def is_complete(self) -> bool:
        return self._frame.eof

    def undo(self, coded: bytes) -> Iterator[bytes]:
        while coded:
            if self._frame.eof:
                self._frames = _count_member(self._frames)
                self._frame = _open_zstd_frame()
            yield self._frame.decompress(coded, PIECE_BYTES)
            while not (self._frame.eof or self._frame.needs_input):
                yield self._frame.decompress(b"", PIECE_BYTES)
            coded = self._frame.unused_data


def _open_zstd_frame() -> zstd.ZstdDecompressor:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})


def _count_member(members: int) -> int:
    if members >= MAX_MEMBERS:
        raise _BrokenCoding(f"more than {MAX_MEMBERS} compressed parts")
    return members + 1


class _UndeclaredGzip:
    """A body whose coding no header names: plain, or gzip, told by its first bytes."""

    def __init__(self) -> None:
        self._head: bytes | None = b""
        self._gzip: _Gzip | None = None

    @property
    def is_complete(self) -> bool:
        return self._gzip is None or self._gzip.is_complete

    def undo(self, coded: bytes) -> Iterator[bytes]:
        if self._head is not None:
            coded = self._head + coded
            if len(coded) < len(GZIP_MARK) and GZIP_MARK.startswith(coded):
                self._head = coded
                return
            self._head = None
            self._gzip = _Gzip() if coded.startswith(GZIP_MARK) else None
        if self._gzip is None:
            yield coded
        else:
            yield from self._gzip.undo(coded)

    def rest(self) -> bytes:
        """Return the first bytes where they were too few to tell gzip by: they are the whole body."""
        return self._head or b""


_CODINGS: dict[str, Callable[[], _ContentCoding]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}


class BodyDecoder:
    """Takes a body as it comes over the wire, and gives the decoded one.

    ``content_encoding`` is the header, None without one; ``limit_bytes`` bounds the bytes on the
    wire, the decoded ones and those between two codings, each. A coding it does not know is ignored,
    as browsers do: servers write ``none`` or ``utf-8`` there. gzip that no header names is undone.
    """

    def __init__(self, url: str, content_encoding: str | None, *, limit_bytes: int) -> None:
        self._url = url
        self._limit_bytes = limit_bytes
        self._names = _list_codings(url, content_encoding)
        self._unnamed = _UndeclaredGzip()
        self._stages: tuple[_ContentCoding, ...] = (
            *(_CODINGS[name]() for name in self._names),
            self._unnamed,
        )
        self._bytes = [0] * (len(self._stages) + 1)
        self._pieces: list[bytes] = []

    def write(self, chunk: bytes) -> None:
        """Take the next bytes; raises BodyTooLarge past the limit, FetchError for broken ones."""
        self._pieces.extend(self._decode_from(0, chunk))

    def finish(self) -> bytes:
        """Return the decoded body; raises FetchError where its end is missing."""
        for name, stage, taken_bytes in zip((*self._names, "gzip"), self._stages, self._bytes, strict=False):
            if taken_bytes and not stage.is_complete:
                raise FetchError(self._url, f"the {name} body is truncated: {THEIRS}")
        return b"".join(self._pieces) + self._unnamed.rest()

    def write_until(self, count: int, chunk: bytes) -> bool:
        """Take the next bytes as far as ``count`` decoded ones need them; tell whether there are as many."""
        for piece in self._decode_from(0, chunk):
            self._pieces.append(piece)
            if self._bytes[-1] >= count:
                return True
        return False

    def beginning(self, count: int) -> bytes:
        """Return the first ``count`` decoded bytes, fewer where there are no more; the end may be missing."""
        return (b"".join(self._pieces) + self._unnamed.rest())[:count]

    def _decode_from(self, number: int, coded: bytes) -> Iterator[bytes]:
        self._bytes[number] += len(coded)
        if self._bytes[number] > self._limit_bytes:
            raise make_too_large_error(self._url, self._limit_bytes)
        if number == len(self._stages):
            yield coded
            return
        for piece in self._undo_stage(number, coded):
            yield from self._decode_from(number + 1, piece)

    def _undo_stage(self, number: int, coded: bytes) -> Iterator[bytes]:
        try:
            yield from self._stages[number].undo(coded)
        except (_BrokenCoding, zlib.error, brotli.error, zstd.ZstdError) as error:
            name = (*self._names, "gzip")[number]
            reason = f"the body is not the {name} that it claims to be ({error}): {THEIRS}"
            raise FetchError(self._url, reason) from error


def find_unknown_codings(content_encoding: str | None) -> tuple[str, ...]:
    """Return the names in the header that name no coding, and were ignored; cut to a bearable length."""
    named = (name.strip().lower() for name in (content_encoding or "")[:100].split(","))
    return tuple(name for name in named if name and name != "identity" and name not in _CODINGS)


def undo_gzip(name: str, body: bytes, *, limit_bytes: int) -> bytes:
    """Return a saved document without the gzip around it, if there is any.

    Raises BodyTooLarge past the limit, FetchError for a broken one.
    """
    if not body.startswith(GZIP_MARK):
        return body
    decoder = BodyDecoder(name, None, limit_bytes=limit_bytes)
    decoder.write(body)
    return decoder.finish()


def make_too_large_error(url: str, limit_bytes: int) -> BodyTooLarge:
    """Return the error for a body of more than ``limit_bytes``."""
    reason = (
        f"the body is larger than the {limit_bytes} bytes of fetch.max_body_bytes: raise it if it must be"
    )
    return BodyTooLarge(url, reason)


def _list_codings(url: str, content_encoding: str | None) -> tuple[str, ...]:
    """Return the codings to undo, the last applied first (RFC 9110, section 8.4)."""
    named = (name.strip().lower() for name in (content_encoding or "").split(","))
    codings = tuple(name for name in named if name in _CODINGS)
    if len(codings) > MAX_CODINGS:
        reason = f"the body is encoded {len(codings)} times, {MAX_CODINGS} at most: {THEIRS}"
        raise FetchError(url, reason)
    return codings[::-1]
