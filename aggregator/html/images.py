"""The pictures of HTML, and which are none that a reader should see."""

import re
from collections.abc import Iterator

from aggregator.html.image_kinds import has_decoration_class, is_decoration, is_small, is_small_by_address
from aggregator.html.markup import Element, iter_elements
from aggregator.model import Image
from aggregator.urls import absolute_url, unescape_ampersands

_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*", re.IGNORECASE)
_TINY_STYLE = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*[0-3](?:px)?\s*(?:;|!|$)", re.IGNORECASE)
_ICON_STYLE = re.compile(
    r"(?:^|[;\s])(?:width\s*:\s*[1-4]?\dpx|height\s*:\s*1(?:\.\d{1,3})?em)", re.IGNORECASE
)
_CANDIDATE = re.compile(r"([^\s,](?:\S*[^\s,])?)(?:\s+([\d.]{1,9})[wxh])?")
_ELEMENTS = ("img", "amp-img", "source", "video")
_SIGN = re.compile("<(?:img|amp-img|source|video|noscript)", re.IGNORECASE)
_NO_SCRIPT = re.compile(r"</?noscript\b[^<>]{0,100}>", re.IGNORECASE)
_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-echo", "src")
"""Where pages that load pictures late put the address; in ``src`` then stands a placeholder."""
_LATE = re.compile(r"data-(?!src\Z)[\w-]{1,30}|[\w-]{1,30}-src")
"""Attributes that plugins made up for it; what is in them counts where it looks like a picture's address."""
_FILE = re.compile(r"(?:https?:/)?/[^\s,]+\.(?:jpe?g|png|gif|webp|avif)(?:[?#]\S*)?", re.IGNORECASE)
_SOURCE_SETS = ("srcset", "data-srcset", "data-lazy-srcset")


def has_pictures(html: str) -> bool:
    """Tell whether elements that may be pictures are named in ``html``; quicker than to look for them."""
    return "<img" in html or _SIGN.search(html) is not None


def images_in(html: str, base_url: str) -> tuple[Image, ...]:
    """Return the pictures of ``html`` in order, absolute, sized where stated; without decoration."""
    return tuple(_find_images(html, base_url))


def first_image(html: str, base_url: str) -> Image | None:
    """Return the first of ``images_in`` that is not known to be small, else the first, None without any."""
    small = None
    for image in _find_images(html, base_url):
        if not is_small(image):
            return image
        small = small or image
    return small


def _find_images(html: str, base_url: str) -> Iterator[Image]:
    text = _NO_SCRIPT.sub("", html) if "<noscript" in html or "<NOSCRIPT" in html else html
    offered = None  # by the sources of a picture element, for the img in it
    for element in iter_elements(text, _ELEMENTS):
        classes = element.attributes.get("class")
        if classes and has_decoration_class(classes):
            offered = None
            continue
        image = _read_image(element, base_url)
        if element.tag == "source":
            offered = offered or image
            continue
        found = offered if offered and (image is None or is_small(image)) else image
        offered = None
        if found:
            yield found
    if offered:
        yield offered


def _read_image(element: Element, base_url: str) -> Image | None:
    attributes = element.attributes
    width, height = attributes.get("width") or "", attributes.get("height") or ""
    style = attributes.get("style")
    if width.strip() == "0" or height.strip() == "0":
        return None
    if style and (_TINY_STYLE.search(style) or _ICON_STYLE.search(style)):
        return None
    return _choose_image(element, base_url, pixels(width), pixels(height))


def _choose_image(element: Element, base_url: str, width: int | None, height: int | None) -> Image | None:
    """Return the first picture of an element that is not small by its address, else the first."""
    small = None
    addresses = _list_addresses(element)
    for address in addresses:
        url = absolute_url(base_url, unescape_ampersands(address))
        if url is None or is_decoration(image := Image(url=url, width=width, height=height)):
            continue
        if len(addresses) == 1 or not is_small_by_address(url):
            return image
        small = small or image
    return small


def _list_addresses(element: Element) -> list[str]:
    attributes = element.attributes
    if element.tag == "video":
        poster = attributes.get("poster")
        return [poster] if poster else []
    names = _SOURCES if element.tag != "source" else ()  # there it would be a sound or a film
    found = [address for name in names if (address := attributes.get(name))]
    if element.tag == "img":
        late = (one or "" for name, one in attributes.items() if _LATE.fullmatch(name))
        found += [address for address in late if address not in found and _FILE.fullmatch(address)]
    for name in _SOURCE_SETS:
        if stated := attributes.get(name):
            candidates = sorted(_CANDIDATE.findall(stated), key=_read_declared_size, reverse=True)
            found += [address for address, _ in candidates[:1]]
    return found


def _read_declared_size(candidate: tuple[str, str]) -> float:
    try:
        return float(candidate[1])
    except ValueError:
        return 0.0


def pixels(value: object) -> int | None:
    """Return a size in pixels as an attribute states it, None where it is missing, relative or zero."""
    if not value:
        return None
    found = _PIXELS.fullmatch(str(value))
    return int(found[1]) or None if found else None
