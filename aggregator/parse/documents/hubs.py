"""What a document announces to subscribers by hubs (W3C WebSub section 4, JSON Feed 1.1 "hubs")."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from aggregator.urls import absolute_url

MAX_HUBS = 20
"""Links of a document that are looked at for hubs."""
_TYPES = frozenset({"websub", "pubsubhubbub"})


def find_linked(links: Any, rel: str, url: str) -> tuple[str, ...]:
    """Return where a feed's own links of this relation lead, absolute, in order.

    ``links`` are those that feedparser found in the head, ``url`` is where the document was found.
    """
    return tuple(islice(_iterate_linked(links if isinstance(links, list) else (), rel, url), MAX_HUBS))


def read_json_hubs(hubs: Any, url: str) -> tuple[str, ...]:
    """Return the addresses of the WebSub hubs in a JSON Feed's ``hubs``; it has other types, too."""
    listed = hubs[:MAX_HUBS] if isinstance(hubs, list) else []
    found = (absolute_url(url, _read_hub(one)) for one in listed if isinstance(one, Mapping))
    return tuple(address for address in found if address)


def _iterate_linked(links: Iterable[Any], rel: str, url: str) -> Iterator[str]:
    for link in links:
        relations = str(link.get("rel") or "").lower().split()
        address = absolute_url(url, str(link.get("href") or "").strip()) if rel in relations else None
        if address:
            yield address


def _read_hub(one: Mapping[Any, Any]) -> str | None:
    kind, address = one.get("type"), one.get("url")
    is_websub = isinstance(kind, str) and kind.lower() in _TYPES
    return address.strip() if is_websub and isinstance(address, str) else None
