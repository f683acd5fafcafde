"""The pictures of HTML, and which are none that a reader should see."""

import re
from collections.abc import Iterator, Mapping

from aggregator.html.markup import Element, iter_elements
from aggregator.model import Image
from aggregator.urls import absolute_url

_TRACKER = re.compile(
    r"feedburner\.com/~|feedsportal\.com|feedads\.|feedblitz\.com/|doubleclick\.net|pixel\.wp\.com|stats\.wp\.com"
    r"|stats\.wordpress\.com|feeds\.wordpress\.com|google-analytics\.com|scorecardresearch\.com|quantserve\.com"
    r"|pheedo\.com|pheedcontent\.com|buysellads\.com|medium\.com/_/stat|counter\.theconversation"
    r"|met\.vgwort\.de|slashdot-it\.pl|republish-counter|api\.follow\.it/track|blogger\.googleusercontent\.com/tracker"
    r"|s\.w\.org/images/core/emoji|/wp-includes/images/smilies/|/smil(?:ey|ie)s?/|/emoticons?/"
    r"|/twemoji/|addtoany\.com|sharethis\.com|addthis\.com|/share[-_]?(?:button|icon|this)"
    r"|/(?:tracking[-_]?)?pixel(?:\.(?:gif|png|php|aspx?|cgi)|\?|/?$|/[^/.]*(?:\?|$))"
    r"|/(?:spacer|blank|clear|transparent|pixel|1x1|dot|trans|count(?:er)?)\.(?:gif|png)|/adserver/"
)
"""Of an address in lower case. Each alternative begins with one certain character, to be quick."""
_SMALLEST_PX = 4
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*", re.IGNORECASE)
_TINY_STYLE = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*[0-3](?:px)?\s*(?:;|!|$)", re.IGNORECASE)
_CANDIDATE = re.compile(r"([^\s,](?:\S*[^\s,])?)(?:\s+([\d.]{1,9})[wxh])?")


def images_in(html: str, base_url: str) -> tuple[Image, ...]:
    """Return the pictures of ``html`` in order, absolute, sized where stated; without tracking pixels."""
    return tuple(_images(html, base_url))


def first_image(html: str, base_url: str) -> Image | None:
    """Return the first of ``images_in``, None where there is none."""
    if "<img" not in html.lower():
        return None
    return next(_images(html, base_url), None)


def _images(html: str, base_url: str) -> Iterator[Image]:
    for element in iter_elements(html, ("img",)):
        if image := _image(element, base_url):
            yield image


def _image(element: Element, base_url: str) -> Image | None:
    attributes = element.attributes
    stated = [attributes.get(name) or "" for name in ("width", "height")]
    if any(size.strip() == "0" for size in stated) or _TINY_STYLE.search(attributes.get("style") or ""):
        return None
    width, height = map(pixels, stated)
    urls = (absolute_url(base_url, address) for address in _addresses(attributes))
    images = (Image(url=url, width=width, height=height) for url in urls if url)
    return next((image for image in images if not is_tracking_image(image)), None)


def _addresses(attributes: Mapping[str, str | None]) -> Iterator[str | None]:
    # Pages that load pictures late put a placeholder into src.
    yield from (attributes.get(name) for name in ("data-src", "data-lazy-src", "data-original", "src"))
    for name in ("srcset", "data-srcset"):
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


def is_tracking_image(image: Image) -> bool:
    """Tell whether a picture is there to count readers, to fill space, to be shared by, or an emoji."""
    is_dot = any(size is not None and size < _SMALLEST_PX for size in (image.width, image.height))
    return is_dot or _TRACKER.search(image.url.lower()) is not None
