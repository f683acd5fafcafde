"""Pictures drawn from nothing: PNG (W3C PNG, third edition) and ICO, no library needed.

A drawing is a list of rows of RGB bytes; shapes are painted as spans of a row, which is fast enough
to draw a picture of 800 by 450 pixels within some milliseconds.
"""

import math
import random
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache

from aggregator.demo.pieces import PICTURE_HEIGHT, PICTURE_WIDTH

Colour = tuple[int, int, int]
Span = tuple[int, int]
Shape = tuple[int, int, int, bool]
"""Middle across and down, radius, and whether it is round rather than square."""

LOGO_PIXELS = 200
ICON_PIXELS = 32


@lru_cache(maxsize=256)
def news_picture(seed: int, colour: str, accent: str) -> bytes:
    """Return a PNG of 800 by 450 in two colours like ``#1f4e79``; the same for the same ``seed``."""
    chance = random.Random(seed)  # noqa: S311 - a drawing that is the same every time
    shapes = [
        (
            chance.randrange(PICTURE_WIDTH),
            chance.randrange(PICTURE_HEIGHT),
            chance.randrange(25, 130),
            chance.random() < 0.6,
        )
        for _ in range(chance.randrange(5, 12))
    ]
    return _png(PICTURE_WIDTH, PICTURE_HEIGHT, _rows(_rgb(colour), _rgb(accent), shapes))


@lru_cache(maxsize=64)
def logo(colour: str, accent: str, pixels: int = LOGO_PIXELS) -> bytes:
    """Return a square PNG: a disc in ``accent`` with a hole, on ``colour``."""
    rows = []
    for y in range(pixels):
        row = bytearray(bytes(_rgb(colour)) * pixels)
        for radius, paint in ((0.4, accent), (0.22, colour), (0.1, accent)):
            span = _disc_span(y, pixels // 2, pixels // 2, int(radius * pixels))
            _paint(row, span, _rgb(paint))
        rows.append(bytes(row))
    return _png(pixels, pixels, iter(rows))


def icon(colour: str, accent: str) -> bytes:
    """Return a favicon.ico that holds one PNG of 32 pixels."""
    png = logo(colour, accent, ICON_PIXELS)
    head = struct.pack("<HHH", 0, 1, 1)
    entry = struct.pack("<BBBBHHII", ICON_PIXELS, ICON_PIXELS, 0, 0, 1, 24, len(png), len(head) + 16)
    return head + entry + png


def pixel() -> bytes:
    """Return a PNG of one pixel, as trackers use it."""
    return _png(1, 1, iter([b"\xff\xff\xff"]))


def _rgb(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _mix_colours(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _rows(colour: Colour, accent: Colour, shapes: list[Shape]) -> Iterator[bytes]:
    """Yield rows of a gradient from ``colour`` towards white, with ``shapes`` on it."""
    for y in range(PICTURE_HEIGHT):
        share = y / PICTURE_HEIGHT
        row = bytearray(bytes(_mix_colours(colour, (255, 255, 255), share * 0.7)) * PICTURE_WIDTH)
        for number, (x, middle, radius, is_round) in enumerate(shapes):
            span = _disc_span(y, x, middle, radius) if is_round else _square_span(y, x, middle, radius)
            _paint(row, span, _mix_colours(accent, colour, number / len(shapes)))
        yield bytes(row)


def _disc_span(y: int, x: int, middle: int, radius: int) -> Span | None:
    inside = radius * radius - (y - middle) ** 2
    if inside <= 0:
        return None
    half = math.isqrt(inside)
    return x - half, x + half


def _square_span(y: int, x: int, middle: int, radius: int) -> Span | None:
    half = radius * 2 // 3
    return (x - half, x + half) if abs(y - middle) < half else None


def _paint(row: bytearray, span: Span | None, colour: Colour) -> None:
    if not span:
        return
    left, right = max(span[0], 0), min(span[1], len(row) // 3)
    if left < right:
        row[3 * left : 3 * right] = bytes(colour) * (right - left)


def _png(width: int, height: int, rows: Iterator[bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    # Filter type 0 stands before every row.
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
