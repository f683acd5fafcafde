"""Where a feed that no longer answers may be: addresses worth asking, the likeliest first; pure."""

from urllib.parse import urlsplit

from aggregator.urls import absolute_url

_PATHS = (
    "feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "feed.atom", "blog/feed",
    "feeds/posts/default",
)  # fmt: skip


def site_pages(url: str, site_url: str | None) -> tuple[str, ...]:
    """Return the pages that may name the feed: the site's own, and the root of the feed's host."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"
    return tuple(dict.fromkeys(page for page in (site_url, root) if page))


def secure_address(url: str) -> str | None:
    """Return ``url`` over https, None where it is already, or names a port of its own."""
    parts = urlsplit(url)
    if parts.scheme.lower() != "http" or parts.port not in (None, 80):
        return None
    return absolute_url("", parts._replace(scheme="https", netloc=parts.hostname or "").geturl())


def common_addresses(pages: tuple[str, ...]) -> tuple[str, ...]:
    """Return where publishing software puts its feeds, below each of ``pages``, each address once."""
    folders = (page if page.endswith("/") else f"{page}/" for page in pages)
    found = (absolute_url(folder, path) for folder in folders for path in _PATHS)
    return tuple(dict.fromkeys(url for url in found if url))
