"""The pictures of HTML, and which are none that a reader should see."""

import re
from collections.abc import Iterator

from aggregator.html.image_kinds import is_decorated, is_decoration, is_small, is_small_by_address
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
_NO_SCRIPT = re.compile(r"</?noscript\b[^<>]{0,100}>", re.IGNORECASE)
_LATE = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-lazy",
    "data-echo",
)
"""Where pages that load pictures late put the address; in ``src`` stands a placeholder."""


def images_in(html: str, base_url: str) -> tuple[Image, ...]:
    """Return the pictures of ``html`` in order, absolute, sized where stated; without decoration."""
    return tuple(_images(html, base_url))


def first_image(html: str, base_url: str) -> Image | None:
    """Return the first of ``images_in`` that is not known to be small, else the first, None without any."""
    small = None
    for image in _images(html, base_url):
        if not is_small(image):
            return image
        small = small or image
    return small


def _images(html: str, base_url: str) -> Iterator[Image]:
    text = _NO_SCRIPT.sub("", html) if "<noscript" in html or "<NOSCRIPT" in html else html
    offered = None  # by the sources of a picture element, for the img in it
    for element in iter_elements(text, _ELEMENTS):
        classes = element.attributes.get("class")
        if classes and is_decorated(classes):
            offered = None
            continue
        image = _image(element, base_url)
        if element.tag == "source":
            offered = offered or image
            continue
        found = offered if offered and (image is None or is_small(image)) else image
        offered = None
        if found:
            yield found
    if offered:
        yield offered


def _image(element: Element, base_url: str) -> Image | None:
    attributes = element.attributes
    stated = [attributes.get(name) or "" for name in ("width", "height")]
    style = attributes.get("style") or ""
    if any(size.strip() == "0" for size in stated) or _TINY_STYLE.search(style) or _ICON_STYLE.search(style):
        return None
    width, height = map(pixels, stated)
    small = None
    for address in filter(None, _addresses(element)):
        url = absolute_url(base_url, unescape_ampersands(address))
        if url is None or is_decoration(image := Image(url=url, width=width, height=height)):
            continue
        if not is_small_by_address(url):
            return image
        small = small or image
    return small


def _addresses(element: Element) -> Iterator[str | None]:
    attributes = element.attributes
    if element.tag == "video":
        yield attributes.get("poster")
        return
    if element.tag != "source":  # there it would be a sound or a film
        yield from map(attributes.get, (*_LATE, "src"))
    for name in ("srcset", "data-srcset", "data-lazy-srcset"):
        candidates = _CANDIDATE.findall(attributes.get(name) or "")
        yield from (address for address, _ in sorted(candidates, key=_declared_size, reverse=True)[:1])


def _declared_size(candidate: tuple[str, str]) -> float:
    try:
        return float(candidate[1])
    except ValueError:
        return 0.0


def pixels(value: object) -> int | None:
    """Return a size in pixels as an attribute states it, None where it is missing, relative or zero."""
    found = _PIXELS.fullmatch(str(value)) if value is not None else None
    return int(found[1]) or None if found else None
