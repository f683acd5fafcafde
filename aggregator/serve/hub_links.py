"""What the server says of hubs with each feed (W3C WebSub section 4): some hubs read nothing else."""

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from aggregator.publish.feed_formats import FEED_FORMATS

Announced = Callable[[], tuple[str, Sequence[str]]]
"""Returns where readers reach the tree, without a slash at its end, and the hubs that its feeds announce."""
_FEEDS = frozenset(form.file_name for form in FEED_FORMATS)
# what an address may hold (RFC 3986), and what was encoded already; the rest would end or break the header
_IN_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"


def announce_nothing() -> tuple[str, Sequence[str]]:
    """Return that there are no hubs."""
    return "", ()


def link_fields(name: str, announced: Announced) -> dict[str, str]:
    """Return the header that names hubs and a feed's own address; none for other files, or without hubs."""
    base_url, hubs = announced()
    if not hubs or PurePosixPath(name).name not in _FEEDS:
        return {}
    links = [*((hub, "hub") for hub in hubs), (f"{base_url}/{quote(name)}", "self")]
    return {"Link": ", ".join(f'<{quote(url, safe=_IN_ADDRESSES)}>; rel="{rel}"' for url, rel in links)}
