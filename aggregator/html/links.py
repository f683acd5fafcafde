"""The feeds that a page links to."""

from collections.abc import Mapping

from aggregator.html.markup import find_elements
from aggregator.urls import absolute_url

_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}


def feed_links(html: str, base_url: str) -> tuple[str, ...]:
    """Return the feeds that the head of a page names, absolute, each once.

    They are ``link`` elements with ``rel=alternate`` and the type of a feed; ``base`` counts.
    """
    nodes = find_elements(html, ("base", "link"), until="body")
    bases = (node.attributes.get("href") for node in nodes if node.tag == "base")
    base_url = absolute_url(base_url, next(filter(None, bases), None)) or base_url
    links = (node.attributes for node in nodes if node.tag == "link" and _names_feed(node.attributes))
    found = (absolute_url(base_url, link.get("href")) for link in links)
    return tuple(dict.fromkeys(url for url in found if url))


def _names_feed(link: Mapping[str, str | None]) -> bool:
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    if "alternate" not in (link.get("rel") or "").lower().split():
        return False
    hint = f"{link.get('href')} {link.get('title')}".lower()
    return kind in _FEED_TYPES or (kind == "application/json" and "feed" in hint)
