"""Pictures in elements that publishers made up, rewritten as one kind of element."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape, unescape

PICTURE = "entrypicture"
"""The element that is written for each, with ``url``, ``width`` and ``height``."""

_NAMES = frozenset({
    "image", "img", "thumbnail", "thumb", "photo", "picture", "pic", "cover", "banner", "poster",
    "depiction", "screenshot", "hero", "illustration", "visual",
    "foto", "bild", "imagen", "imagem", "immagine", "afbeelding",
})  # fmt: skip
_WHICH = (
    r"(?:article|banner|big|book|cover|default|enclosure|featured?|full|header|hero|item|large|lead|list"
    r"|main|medium|news|og|original|post|preview|primary|product|promo|share|small|social|square|story|teaser|thumb|thumbnail|top)"
)
_WHAT = r"(?:image|img|thumbnail|thumb|photo|picture|pic|cover)"
_HOW = r"(?:url|uri|link|src|href|path|file|large|full|big|medium|small|original)"
_COMPOUND = re.compile(rf"(?:{_WHICH}[_-]?){{1,3}}{_WHAT}|(?:{_WHICH}[_-]?){{0,3}}{_WHAT}[_-]?{_HOW}")
_LONGEST_NAME = 60
_READ_BY_FEEDPARSER = ("itunes", "media")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
_ADDRESSES = ("url", "href", "src", "image", "rdf:resource", "resource", "xlink:href", "file")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_CHILD = re.compile(r"<([\w:.-]++)([^<>]*+)>([^<]*+)")
_CHILDREN = ("url", "href", "src", "original", "full", "large", "big", "medium", "small", "path", "file")
_IMG = re.compile(
    r"""<img\b[^<>]{0,2000}?\bsrc\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++))""", re.IGNORECASE
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp)(?:[?#&!]|$)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:(?:https?:)?/[^\s<>]*+|[^\s<>:]++\.[^\s<>]*+/[^\s<>]++)", re.IGNORECASE)
_MOST_CHARS = 20_000


@lru_cache(maxsize=1024)
def is_picture_element(name: str) -> bool:
    """Tell whether an element of this name, as written, holds a picture that feedparser does not know."""
    prefix, _, local = name.lower().rpartition(":")
    if prefix in _READ_BY_FEEDPARSER or len(local) > _LONGEST_NAME:
        return False
    return local in _NAMES or _COMPOUND.fullmatch(local) is not None


def write_picture_element(attributes: str, content: str) -> str:
    """Return the element that tells of the picture in an element with these attributes and content.

    "" where there is no address of one in it.
    """
    stated = {name.lower(): unescape(one or other) for name, one, other in _ATTRIBUTE.findall(attributes)}
    flat = _CDATA.sub(lambda found: escape(found[1]), content[:_MOST_CHARS])
    inner = {
        name.lower().rpartition(":")[2]: unescape(text).strip() for name, _, text in _CHILD.findall(flat)
    }
    found = next(filter(None, map(_find_address, _find_candidates(stated, inner, flat))), None)
    if found is None:
        return ""
    sizes = ((side, stated.get(side) or inner.get(side) or "") for side in ("width", "height"))
    size_attributes = "".join(
        f' {side}="{text}"' for side, text in sizes if text.isdecimal() and text.isascii()
    )
    return f'<{PICTURE} url="{escape(found)}"{size_attributes}/>'


def _find_candidates(stated: Mapping[str, str], inner: Mapping[str, str], flat: str) -> Iterator[str | None]:
    yield from map(stated.get, _ADDRESSES)
    yield from map(inner.get, _CHILDREN)
    yield from (text for name, text in inner.items() if is_picture_element(name) or _FILE.search(text))
    text = unescape(flat)
    if img := _IMG.search(text):
        yield unescape(next(filter(None, img.groups())))
    elif not inner:
        yield text


def _find_address(text: str | None) -> str | None:
    """Return what is the address of a picture by its looks: an attribute or a text may say anything."""
    first = (text or "").strip().split(maxsplit=1)[:1]
    return next((one for one in first if _ADDRESS.fullmatch(one) or _FILE.search(one)), None)
