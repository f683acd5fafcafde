"""Picture files judged by their content and made anew; the only home of Pillow. Pure.

A file's size is known from its first bytes, before anything is decoded, so that a picture of more pixels
than allowed costs nothing. Pillow reads the kinds that browsers show; WebP and AVIF, of which Pillow
wants the whole file, are read here as far as their size.
"""

import hashlib
import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from PIL import Image as Pillow
from PIL import ImageOps
from PIL.ExifTags import Base

from aggregator.errors import ImageRefused

FIRST_BYTES = 64 * 1024
"""Enough for the size of nearly every picture, also after embedded colour profiles and previews."""
QUALITY = 82
_WHITE = (255, 255, 255)
_TURNED = range(5, 9)
_KINDS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
_NAMES = {"MPO": "JPEG"}
_AVIF_BRANDS = (b"avif", b"avis")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureSize:
    """The size of a picture as it is shown, in pixels, and the kind of its file, such as ``JPEG``."""

    width: int
    height: int
    kind: str

    @property
    def pixels(self) -> int:
        """Return how many pixels a decoder would make."""
        return self.width * self.height


@dataclass(frozen=True, kw_only=True, slots=True)
class RecodedPicture:
    """A picture made anew: a JPEG, its size in pixels, the hash of its bytes, and the original's size."""

    content: bytes
    width: int
    height: int
    hash: str
    original: PictureSize


def read_size(first_bytes: bytes) -> PictureSize | None:
    """Return a picture's size from the first bytes of its file, turned as its EXIF says; None: no picture.

    The content decides what it is: JPEG, PNG, GIF, WebP (RFC 9649) or AVIF. Never decodes; never raises.
    """
    if first_bytes[:4] == b"RIFF" and first_bytes[8:12] == b"WEBP":
        return _read_webp_size(first_bytes)
    if first_bytes[4:8] == b"ftyp" and any(brand in first_bytes[8:64] for brand in _AVIF_BRANDS):
        return _read_avif_size(first_bytes)
    return _read_pillow_size(first_bytes)


def check_size(first_bytes: bytes, *, max_pixels: int) -> PictureSize:
    """Return ``read_size`` of a picture that may be decoded; raises ImageRefused with the reason."""
    size = read_size(first_bytes)
    if size is None:
        raise ImageRefused(f"is no picture: {_describe_file(first_bytes)}")
    if size.pixels > max_pixels:
        raise ImageRefused(
            f"is {size.width} x {size.height} pixels, more than the {max_pixels} of images.max_pixels"
        )
    return size


def recode(content: bytes, *, max_pixels: int, max_side: int) -> RecodedPicture:
    """Return a picture as a progressive JPEG, its longer side at most ``max_side`` pixels.

    Turned as its EXIF says and then without metadata; on white where it was transparent; the first frame
    of a moving one. The same content gives the same bytes. Raises ImageRefused.
    """
    size = check_size(content, max_pixels=max_pixels)
    with _refuse_broken(), open_image(content, _KINDS) as picture:
        picture.draft("RGB", (max_side, max_side))
        upright = put_on_white(ImageOps.exif_transpose(picture))
        upright.thumbnail((max_side, max_side), Pillow.Resampling.LANCZOS)
        recoded = encode_jpeg(upright)
    return RecodedPicture(
        content=recoded,
        width=upright.width,
        height=upright.height,
        hash=hash_of(recoded),
        original=size,
    )


def hash_of(content: bytes) -> str:
    """Return what names ``content``: 32 hexadecimal digits."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def open_image(content: bytes, kinds: tuple[str, ...]) -> Pillow.Image:
    """Return a file of one of these kinds, its header read, its pixels not; raises whatever Pillow does."""
    _raise_on_bombs()
    return Pillow.open(io.BytesIO(content), formats=kinds)


@cache
def _raise_on_bombs() -> None:
    """Have Pillow raise an error above its own bound of pixels: it only warns, and decodes all the same.

    This is state of the whole process, as warnings are.
    """
    warnings.filterwarnings("error", category=Pillow.DecompressionBombWarning)


def put_on_white(picture: Pillow.Image) -> Pillow.Image:
    """Return the picture in RGB, on white where it is transparent."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Pillow.new("RGBA", layer.size, (*_WHITE, 255))
    return Pillow.alpha_composite(ground, layer).convert("RGB")


def encode_jpeg(picture: Pillow.Image) -> bytes:
    """Return an RGB picture as a progressive JPEG without metadata."""
    picture.info.clear()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue()


@contextmanager
def _refuse_broken() -> Iterator[None]:
    """Turn whatever goes wrong with a file into ImageRefused."""
    try:
        yield
    except ImageRefused:
        raise
    except Exception as error:  # on broken files Pillow raises errors of any kind
        raise ImageRefused(f"cannot be decoded: {_get_first_line(error)}") from error


def decode_or_refuse(decode: Callable[[], T]) -> T:
    """Return what ``decode`` does; raises ImageRefused for every error of a decoder."""
    with _refuse_broken():
        return decode()


def _read_pillow_size(first_bytes: bytes) -> PictureSize | None:
    if first_bytes[:8] == b"\x89PNG\r\n\x1a\n" and first_bytes[12:16] == b"IHDR" and len(first_bytes) >= 24:
        # Pillow refuses to open what has too many pixels, and so cannot tell how many.
        width, height = (int.from_bytes(first_bytes[at : at + 4], "big") for at in (16, 20))
        return _make_size(width, height, "PNG")
    try:
        with open_image(first_bytes, _KINDS) as picture:
            kind = _NAMES.get(picture.format or "", picture.format or "")
            width, height = picture.size
            is_turned = kind == "JPEG" and picture.getexif().get(Base.Orientation) in _TURNED
    except Exception:  # on broken files Pillow raises errors of any kind
        return None
    return _make_size(height, width, kind) if is_turned else _make_size(width, height, kind)


def _read_webp_size(head: bytes) -> PictureSize | None:
    """Read the first chunk of a WebP file (RFC 9649, section 2.5 to 2.7)."""
    kind, body = head[12:16], head[20:30]
    if len(body) < 10:
        return None
    if kind == b"VP8X":
        return _make_size(
            1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little"), "WEBP"
        )
    if kind == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return _make_size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), "WEBP")
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return _make_size(width, height, "WEBP")
    return None


def _read_avif_size(head: bytes) -> PictureSize | None:
    """Read the largest of the ``ispe`` properties (ISO/IEC 23008-12, 6.5.3), as thumbnails have their own."""
    sizes = []
    at = head.find(b"ispe")
    while at >= 0:
        body = head[at + 8 : at + 16]
        if len(body) == 8:
            sizes.append((int.from_bytes(body[:4], "big"), int.from_bytes(body[4:], "big")))
        at = head.find(b"ispe", at + 4)
    return _make_size(*max(sizes, key=lambda s: s[0] * s[1]), "AVIF") if sizes else None


def _make_size(width: int, height: int, kind: str) -> PictureSize | None:
    return PictureSize(width=width, height=height, kind=kind) if width > 0 and height > 0 else None


def _describe_file(content: bytes) -> str:
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "it is empty"
    if b"<svg" in start:
        return "it is SVG, which can hold scripts"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "it is an HTML page"
    return "it is neither JPEG, PNG, GIF, WebP nor AVIF, or broken"


def _get_first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
