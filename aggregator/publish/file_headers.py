"""What the published files are, and how long caches may keep them, wherever they are served from."""

from pathlib import PurePosixPath

from aggregator.publish.feed_formats import ATOM, FEED_FORMATS
from aggregator.publish.opml import OPML_FILE, OPML_TYPE
from aggregator.publish.tree_paths import LOGOS, PICTURE_COPIES
from aggregator.publish.variants import variant_names

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
_OPML = f"{OPML_TYPE}; charset=utf-8"
_FEEDS = {
    **{form.file_name: f"{form.media_type}; charset=utf-8" for form in FEED_FORMATS},
    OPML_FILE: _OPML,
}
_TEXTS = {
    ".html": HTML,
    ".atom": f"{ATOM.media_type}; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": JSON,
    ".opml": _OPML,
    ".xml": "application/xml; charset=utf-8",
    ".xsl": "application/xslt+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
# these are compressed already
_PACKED = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
}
_TYPES = {**_TEXTS, **_PACKED}
_UNKNOWN = "application/octet-stream"
_CODINGS = {".gz": "gzip", ".br": "br"}
_COMPRESSED = frozenset({*_FEEDS.values(), *_TEXTS.values()})
_ASSETS = frozenset({*_PACKED, ".css", ".js", ".svg", ".xsl"})
_PAGES = frozenset({HTML, _TYPES[".css"], _TYPES[".js"], *_PACKED.values()})


def content_type(name: str) -> str:
    """Return the media type of a published file by its name, with the charset of texts.

    RSS's type is the one in general use, Atom's stands in RFC 4287, JSON Feed's in its version 1.1.
    """
    path = PurePosixPath(name)
    return _FEEDS.get(path.name) or _TYPES.get(path.suffix.lower(), _UNKNOWN)


def is_compressible(media_type: str) -> bool:
    """Return whether files of this type become smaller when they are sent compressed."""
    return media_type in _COMPRESSED


def is_shared(media_type: str) -> bool:
    """Return whether scripts on other sites may read files of this type: feeds and what is like them."""
    return media_type in _COMPRESSED - _PAGES


def cache_control(name: str) -> str:
    """Return how long caches may answer by themselves: a minute, or an hour for style and pictures.

    Copies of pictures are named by their content and never change (RFC 8246); logos stay for a day.
    """
    if _is_below(name, PICTURE_COPIES):
        return "public, max-age=31536000, immutable"
    if _is_below(name, LOGOS):
        return "public, max-age=86400"
    seconds = 3600 if PurePosixPath(name).suffix.lower() in _ASSETS else 60
    return f"public, max-age={seconds}"


def describe_file(name: str) -> dict[str, str]:
    """Return the header fields of a published file that go with it wherever it is stored.

    A compressed copy has those of the file that it is made of, and says how it is coded.
    """
    suffix = PurePosixPath(name).suffix
    plain = name.removesuffix(suffix)
    if suffix in _CODINGS and name in variant_names(plain):
        return {**describe_file(plain), "Content-Encoding": _CODINGS[suffix]}
    return {"Content-Type": content_type(name), "Cache-Control": cache_control(name)}


def _is_below(name: str, folder: str) -> bool:
    return name.strip("/").startswith(f"{folder}/")
