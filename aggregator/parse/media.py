"""Pictures, videos and attachments among what feedparser found in an entry."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from aggregator.html import pixels
from aggregator.model import Enclosure, Image
from aggregator.parse.documents.item_pictures import PICTURE

MAX_ATTACHMENTS = 50

_IMAGE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#&!]|$)", re.IGNORECASE)
_VIDEO_FILE = re.compile(r"\.(?:mp4|m4v|webm|mov|m3u8|ogv)(?:[?#]|$)", re.IGNORECASE)
_MIME_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)

_PLAYED = ("audio", "video")
_PICTURED = frozenset(("media_content", "media_thumbnail", PICTURE, "image"))
_STATED_TYPES = ("image", "audio/", "video/", "text/")
"""Of other types and of "application/octet-stream" a file's ending says more."""

Attributes = Mapping[str, Any]


def read_images(raw: Attributes) -> tuple[Image, ...]:
    """Return an entry's pictures, the best first: ``media:content`` by size, thumbnails, enclosures, others.

    Addresses are as given. Media RSS 1.5.1, sections "media:content" and "media:thumbnail".
    """
    enclosures = _get_enclosures(raw)
    if not enclosures and raw.keys().isdisjoint(_PICTURED):
        return ()
    contents = [
        image
        for media in _get_dicts(raw, "media_content")
        if _is_image(media) and (image := _make_image(media))
    ]
    thumbnails = (_make_image(media) for media in _get_dicts(raw, "media_thumbnail"))
    enclosed = (_make_image(link) for link in enclosures if _is_image(link))
    pictures = (_make_image(picture) for picture in _get_dicts(raw, PICTURE))
    own = raw.get("image")
    episode = [_make_image(own)] if isinstance(own, dict) else []
    found = [*sorted(contents, key=_measure_area, reverse=True), *thumbnails, *enclosed, *pictures, *episode]
    return tuple(filter(None, found))[:MAX_ATTACHMENTS]


def read_enclosures(raw: Attributes) -> tuple[Enclosure, ...]:
    """Return an entry's attached files, with addresses as given (RSS 2.0 and RFC 4287 section 4.2.7.2)."""
    found = (
        make_enclosure(link.get("href"), link.get("type"), link.get("length"))
        for link in _get_enclosures(raw)
    )
    return tuple(enclosure for enclosure in found if enclosure)[:MAX_ATTACHMENTS]


def read_media_files(raw: Attributes) -> tuple[Enclosure, ...]:
    """Return an entry's audio and video files by Media RSS, with addresses as given."""
    found = (
        make_enclosure(_get_url(media), media.get("type"), media.get("filesize"))
        for media in _get_dicts(raw, "media_content")
        if media.get("medium") in _PLAYED
        or str(media.get("type")).startswith(tuple(f"{kind}/" for kind in _PLAYED))
    )
    return tuple(enclosure for enclosure in found if enclosure)[:MAX_ATTACHMENTS]


def make_enclosure(url: object, mime_type: object, length: object) -> Enclosure | None:
    """Return an attachment from what a feed states of it, None without an address."""
    if not isinstance(url, str) or not url.strip():
        return None
    kind = mime_type.strip().lower() if isinstance(mime_type, str) else ""
    size = int(text) if (text := str(length).strip()).isdecimal() and len(text) < 16 else 0
    return Enclosure(
        url=url.strip(), mime_type=kind if _MIME_TYPE.fullmatch(kind) else None, length_bytes=size or None
    )


def read_video_embed(raw: Attributes) -> tuple[bool, str | None]:
    """Tell whether an entry comes with a video, and give HTML that frames it.

    That is unsafe as it stands; None where nothing names the video.
    """
    files, player = [*_get_dicts(raw, "media_content"), *_get_enclosures(raw)], raw.get("media_player")
    if not files and player is None:
        return False, None
    videos = [media for media in files if _is_video(media)]
    players = [player] if isinstance(player, dict) else []
    urls = [url for media in (*players, *videos) if (url := _get_url(media))]
    frames = "".join(f'<iframe src="{escape(url)}"></iframe>' for url in urls[:MAX_ATTACHMENTS])
    code = player.get("content") if isinstance(player, dict) else None
    return bool(videos or players), (frames + code if isinstance(code, str) else frames) or None


def is_image(mime_type: str | None, url: str) -> bool:
    """Tell whether an attachment is a picture, by its type or else by its address."""
    return mime_type.startswith("image/") if mime_type else bool(_IMAGE_FILE.search(url))


def is_video(mime_type: str | None, url: str) -> bool:
    """Tell whether an attachment is a video, by its type or else by its address."""
    return mime_type.startswith("video/") if mime_type else bool(_VIDEO_FILE.search(url))


def _get_dicts(raw: Attributes, key: str) -> Iterable[Attributes]:
    found = raw.get(key)
    return [one for one in found if isinstance(one, dict)] if found and isinstance(found, list) else ()


def _get_enclosures(raw: Attributes) -> list[Attributes]:
    return [link for link in _get_dicts(raw, "links") if link.get("rel") == "enclosure"]


def _get_url(media: Attributes) -> str | None:
    url = media.get("url") or media.get("href")
    return url.strip() or None if isinstance(url, str) else None


def _make_image(media: Attributes) -> Image | None:
    url = _get_url(media)
    if url is None:
        return None
    return Image(url=url, width=pixels(media.get("width")), height=pixels(media.get("height")))


def _is_image(media: Attributes) -> bool:
    medium, kind, url = media.get("medium"), media.get("type") or "", _get_url(media) or ""
    if medium or kind.startswith(_STATED_TYPES):
        return medium == "image" or (not medium and kind.startswith("image"))
    if "/" in kind:
        return is_image(None, url)
    return is_image(None, url) or (pixels(media.get("width")) is not None and not is_video(None, url))


def _is_video(media: Attributes) -> bool:
    medium, kind = media.get("medium"), media.get("type") or ""
    if medium or kind:
        return medium == "video" or kind.startswith("video/") or kind == "application/x-shockwave-flash"
    return is_video(None, _get_url(media) or "")


def _measure_area(image: Image) -> int:
    width, height = image.width or image.height or 0, image.height or image.width or 0
    return width * height
