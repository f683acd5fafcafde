"""The icons that a page says its site has."""

import re
from collections.abc import Iterator, Mapping

from aggregator.html.markup import find_elements
from aggregator.urls import absolute_url

_TOUCH_PX = 180
_SIDE = re.compile(r"(\d{1,4})x\d{1,4}", re.IGNORECASE)


def list_icon_links(html: str, base_url: str) -> tuple[str, ...]:
    """Return the addresses of the icons that a page's head names, absolute, each once, the largest first.

    They are ``link`` elements with ``rel`` ``icon`` or ``apple-touch-icon`` (HTML, section 4.6.7.8), sized
    by ``sizes``; ``base`` counts. SVG icons are left out.
    """
    nodes = find_elements(html, ("base", "link"), until="body")
    bases = (node.attributes.get("href") for node in nodes if node.tag == "base")
    base_url = absolute_url(base_url, next(filter(None, bases), None)) or base_url
    found = sorted(
        _read_icons([node.attributes for node in nodes if node.tag == "link"]), key=lambda icon: -icon[0]
    )
    urls = (absolute_url(base_url, href) for _, href in found)
    return tuple(dict.fromkeys(url for url in urls if url))


def _read_icons(links: list[Mapping[str, str | None]]) -> Iterator[tuple[int, str | None]]:
    for link in links:
        rels = (link.get("rel") or "").lower().split()
        is_touch = any(rel.startswith("apple-touch-icon") for rel in rels)
        is_svg = "svg" in (link.get("type") or "").lower() or (link.get("sizes") or "").lower() == "any"
        if (is_touch or "icon" in rels) and not is_svg:
            sides = [int(side) for side in _SIDE.findall(link.get("sizes") or "")]
            yield max(sides, default=_TOUCH_PX if is_touch else 0), link.get("href")
