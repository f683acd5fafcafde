"""Players of known video hosts, as frames of our own making."""

import html as entities
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from aggregator.html.images import pixels
from aggregator.html.markup import find_elements
from aggregator.urls import absolute_url, host_of

_YOUTUBE = re.compile(r"/(?:embed|v)/([\w-]+)")
_PLAYERS = {
    "www.youtube.com": _YOUTUBE,
    "youtube.com": _YOUTUBE,
    "www.youtube-nocookie.com": _YOUTUBE,
    "player.vimeo.com": re.compile(r"/video/\d+"),
    "www.dailymotion.com": re.compile(r"/embed/video/\w+"),
    "geo.dailymotion.com": re.compile(r"/player(?:/\w+)?\.html"),
    "player.twitch.tv": re.compile(r"/"),
    "embed.ted.com": re.compile(r"/talks/[\w/-]+"),
    "www.facebook.com": re.compile(r"/plugins/video\.php"),
}
_VIDEO_HOSTS = ("youtu", "vimeo", "dailymotion")
_VIDEO_PAGES = (
    (
        re.compile(r"(?:www\.|m\.)?youtube\.com/watch\?(?:[^#]*&)?v=([\w-]+)"),
        "www.youtube-nocookie.com/embed/",
    ),
    (
        re.compile(r"(?:www\.|m\.)?youtube\.com/(?:shorts|live|embed|v)/([\w-]+)"),
        "www.youtube-nocookie.com/embed/",
    ),
    (re.compile(r"youtu\.be/([\w-]+)"), "www.youtube-nocookie.com/embed/"),
    (re.compile(r"(?:www\.)?vimeo\.com/(\d+)/?(?:[?#]|$)"), "player.vimeo.com/video/"),
    (re.compile(r"(?:www\.)?dailymotion\.com/video/([a-z0-9]+)"), "www.dailymotion.com/embed/video/"),
)


def safe_embed(html: str) -> str | None:
    """Return the first player of a known video host in ``html`` as a frame of our own making, else None."""
    frames = (_make_frame(node.attributes) for node in find_elements(html, ("iframe", "embed", "video")))
    return next((frame for frame in frames if frame), None)


def embed_for(url: str) -> str | None:
    """Return a player frame for the address of a YouTube, Vimeo or Dailymotion video page, else None."""
    lowered = url.lower()
    if not any(host in lowered for host in _VIDEO_HOSTS):
        return None
    address = absolute_url("", url) or ""
    for page, player in _VIDEO_PAGES:
        found = page.match(address.partition("://")[2])
        if found:
            return _make_frame({"src": f"https://{player}{found[1]}"})
    return None


def _make_frame(attributes: Mapping[str, str | None]) -> str | None:
    url = absolute_url("", attributes.get("src") or attributes.get("data-src"))
    parts = urlsplit(url or "")
    host = host_of(url or "")
    player = _PLAYERS.get(host)
    found = player.fullmatch(parts.path) if player else None
    if found is None:
        return None
    # Flash players had an address of their own, which no longer plays.
    path = f"/embed/{found[1]}" if player is _YOUTUBE else parts.path
    width, height = pixels(attributes.get("width")) or 640, pixels(attributes.get("height")) or 360
    address = entities.escape(f"https://{host}{path}{'?' if parts.query else ''}{parts.query}")
    return (
        f'<iframe src="{address}" width="{width}" height="{height}" frameborder="0" allowfullscreen '
        'referrerpolicy="strict-origin-when-cross-origin"></iframe>'
    )
