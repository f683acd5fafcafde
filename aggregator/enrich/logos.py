"""A publisher's logo in the two sizes of a record, made from whatever file it has. Pure."""

from collections.abc import Iterator, Mapping

from PIL import Image as Pillow
from PIL import ImageOps

from aggregator.enrich.images import decode_or_refuse, encode_jpeg, open_image, put_on_white
from aggregator.errors import ImageRefused

LOGO_SIDES = (50, 400)
_KINDS = ("ICO", "PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP")
_SMALLEST_PX = 16
_MAX_PIXELS = 16_000_000
_EVEN = 8
"""A picture whose channels all stay within this many steps shows nothing."""


def make_logo_files(content: bytes) -> Mapping[int, bytes]:
    """Return square JPEGs by their side in pixels, the whole logo in the middle, on white.

    Of an icon file (ICO) the largest picture is taken. Raises ImageRefused where the file is no picture,
    smaller than 16 pixels, or blank.
    """
    return decode_or_refuse(lambda: _make_files(content))


def _make_files(content: bytes) -> Mapping[int, bytes]:
    with open_image(content, _KINDS) as file:
        if file.width * file.height > _MAX_PIXELS:
            raise ImageRefused(f"is {file.width} x {file.height} pixels, too large for a logo")
        logo = put_on_white(ImageOps.exif_transpose(file))
    if min(logo.size) < _SMALLEST_PX:
        raise ImageRefused(f"is {logo.width} x {logo.height} pixels, too small for a logo")
    if all(high - low <= _EVEN for low, high in _channel_extremes(logo)):
        raise ImageRefused("is blank")
    return {side: encode_jpeg(_pad_to_square(logo, side)) for side in LOGO_SIDES}


def _channel_extremes(picture: Pillow.Image) -> Iterator[tuple[int, int]]:
    for channel in picture.split():
        low, high = channel.getextrema()
        yield int(low), int(high)  # type: ignore[arg-type]  # pairs of numbers, as each channel has one band


def _pad_to_square(logo: Pillow.Image, side: int) -> Pillow.Image:
    return ImageOps.pad(logo, (side, side), Pillow.Resampling.LANCZOS, color=(255, 255, 255))
