"""Addresses at which a feed may be when it is not where one looked, the likeliest first; pure."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from aggregator.urls import absolute_url

_PATHS = (
    "feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "feed.atom", "blog/feed",
    "feeds/posts/default",
)  # fmt: skip

# What people type: schemes that are meant for feed readers, and addresses that lack a slash or colon.
_READER_SCHEME = re.compile(
    r"(?:web\+)?(?:feeds?|rss|atom|itpc|pcast|podcast):(?://)?|view-source:", re.IGNORECASE
)
_WEB_SCHEME = re.compile(r"(https?)(?::/*|//+)(?=[^/])", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_QUOTES = "<>\"'“”„«»‹› \t\r\n"


def interpret_address(text: str) -> tuple[str, ...]:
    """Return the addresses that ``text`` may mean, the likeliest first; none where it is no address.

    An address without a scheme is tried with ``https://``, then with ``http://``; so is one with ``feed://``
    or the like, which desktop feed readers use.
    """
    bare = _READER_SCHEME.sub("", text.strip(_QUOTES), count=1)
    found = tuple(_spell_out(bare))
    return found if found and _is_address(found[0]) else ()


def _spell_out(bare: str) -> Iterator[str]:
    web = _WEB_SCHEME.match(bare)
    if web is not None:
        yield f"{web[1].lower()}://{bare[web.end() :]}"
    elif not _OTHER_SCHEME.match(bare) and (bare.startswith("//") or not bare.startswith((".", "/"))):
        rest = bare.removeprefix("//")
        yield from (f"https://{rest}", f"http://{rest}")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", url)
    except ValueError:
        return False


def is_comment_feed(url: str) -> bool:
    """Tell whether an address looks like that of a comment feed, which is hardly ever the one wanted."""
    return "comment" in url.lower()


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


def plain_address(url: str) -> str | None:
    """Return ``url`` over http, None where it is already."""
    parts = urlsplit(url)
    if parts.scheme.lower() != "https":
        return None
    host = parts.netloc.rpartition("@")[2].removesuffix(":443")
    return absolute_url("", parts._replace(scheme="http", netloc=host).geturl())


def common_addresses(pages: tuple[str, ...]) -> tuple[str, ...]:
    """Return where publishing software puts its feeds, below each of ``pages``, each address once."""
    folders = (page if page.endswith("/") else f"{page}/" for page in pages)
    found = (absolute_url(folder, path) for folder in folders for path in _PATHS)
    return tuple(dict.fromkeys(url for url in found if url))
