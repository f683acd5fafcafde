"""Published files in compressed form, to stand beside them for servers that send what they find."""

import zlib
from pathlib import Path

SUFFIXES = (".gz", ".br")
_COMPRESSED = frozenset({".html", ".css", ".js", ".json", ".opml", ".xml", ".xsl", ".txt"})
_MIN_BYTES = 200
# as the built-in server compresses; what that takes stands in serve/compression.py
_GZIP_LEVEL = 6
_BROTLI_QUALITY = 6


def make_variants(name: str, body: bytes) -> dict[str, bytes]:
    """Return what stands beside a file: name and bytes of it in gzip and brotli.

    Nothing for what does not become smaller. The same bytes give the same bytes, whatever the time is.
    """
    if not variant_names(name) or len(body) < _MIN_BYTES:
        return {}
    # Where variants are off, nobody waits for these to be imported.
    import gzip  # noqa: PLC0415

    import brotli  # type: ignore[import-untyped]  # noqa: PLC0415  # ships no types, and nobody else does

    made = (
        gzip.compress(body, _GZIP_LEVEL, mtime=0),
        bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY)),
    )
    pairs = zip(variant_names(name), made, strict=True)
    return {variant: packed for variant, packed in pairs if len(packed) < len(body)}


def find_stale_variant(path: Path) -> str | None:
    """Return the name of what stands in compressed form beside a file and has other bytes, None: nothing."""
    packed = next((Path(name) for name in variant_names(str(path)) if name.endswith(".gz")), None)
    if packed is None or not packed.is_file():
        return None
    import gzip  # noqa: PLC0415  # as above

    try:
        is_same = gzip.decompress(packed.read_bytes()) == path.read_bytes()
    except (OSError, EOFError, zlib.error):
        is_same = False
    return None if is_same else packed.name


def variant_names(name: str) -> tuple[str, ...]:
    """Return the names of all that may stand beside a file: they go with it, or where variants are off."""
    if name[name.rfind(".") :].lower() not in _COMPRESSED:
        return ()
    return tuple(f"{name}{suffix}" for suffix in SUFFIXES)
