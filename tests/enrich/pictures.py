"""Picture files for tests, drawn by Pillow."""

import io
import struct
import zlib

from PIL import Image


def drawn(width=60, height=40, *, mode="RGB", seed=0):
    """Return a picture that is a gradient, different for every ``seed``."""
    picture = Image.linear_gradient("L").resize((width, height)).rotate(seed * 7 % 360)
    return Image.merge(
        "RGB", (picture, picture.rotate(90), Image.new("L", picture.size, seed % 256))
    ).convert(mode)


def picture_file(kind="JPEG", width=60, height=40, *, mode="RGB", seed=0, **options):
    """Return the bytes of a picture file."""
    out = io.BytesIO()
    drawn(width, height, mode=mode, seed=seed).save(out, kind, **options)
    return out.getvalue()


def huge_png(width=30_000, height=30_000):
    """Return a small PNG file that says it is of this size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
