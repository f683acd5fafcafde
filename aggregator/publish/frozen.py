"""The files of topics that were removed: left as they were published last, with a note in feeds and page."""

import json
import re
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from aggregator.publish.channel import FEED_FILES
from aggregator.publish.files import TOPIC_FILES
from aggregator.publish.formats import day

_NOTE = rb"No longer updated since [^<>\"]{1,40}: the topic was removed\. It stays here until [^<>\"]{1,40}\."
# Of each kind of file: what stands above the note, around it, and below it; only the first such place counts.
_PLACES = {
    "rss.xml": (rb"\n {4}<description>", b"", b" ", b""),
    "atom.xml": (rb"\n {2}<subtitle>", b"", b" ", b""),
    "feed.json": (rb'\n {2}"description": "', b"", b" ", b""),
    "index.html": (rb"\n", b'<p class="about" role="status">', b"</p>\n", rb"</header>\n<main"),
}
_EMBLEM = re.compile(r'<img class="emblem" src="\.\./(assets/[^"]+)"')
_LONGEST_HEAD = 100_000
"""Bytes from the beginning of a file within which its description stands."""


def note_of(removed_at: datetime, until: datetime) -> str:
    """Return what readers are told of a topic that was removed."""
    return (
        f"No longer updated since {day(removed_at)}: the topic was removed. It stays here until {day(until)}."
    )


def render_frozen(folder: Path, topic_id: str, note: str) -> dict[str, bytes]:
    """Return the files of a topic below ``folder`` that lack the note, with it, by name.

    It takes the place of an older one. A file that is not as we write it is left out.
    """
    files: dict[str, bytes] = {}
    for name in (f"{topic_id}/{file}" for file in TOPIC_FILES):
        with suppress(OSError), (folder / name).open("rb") as file:
            head = file.read(_LONGEST_HEAD)
            if note.encode() not in head:
                content = _noted(head + file.read(), Path(name).name, note.encode())
                files |= {} if content is None else {name: content}
    return files


def title_of(folder: Path, topic_id: str) -> str:
    """Return the title of a topic's feeds below ``folder``, the topic's id where it cannot be read."""
    with suppress(OSError, ValueError):
        feed = json.loads((folder / topic_id / FEED_FILES[-1]).read_bytes())
        title = feed.get("title") if isinstance(feed, dict) else None
        if isinstance(title, str):
            return title
    return topic_id


def emblems_on(folder: Path, topic_ids: Collection[str]) -> set[str]:
    """Return the names of the emblems on the pages of these topics below ``folder``."""
    found: set[str] = set()
    for topic_id in topic_ids:
        with suppress(OSError, UnicodeDecodeError):
            found.update(_EMBLEM.findall((folder / topic_id / "index.html").read_text(encoding="utf-8")))
    return found


def _noted(content: bytes, file: str, note: bytes) -> bytes | None:
    place, before, after, below = _PLACES[file]
    old = re.escape(before) + _NOTE + re.escape(after)
    found = re.compile(rb"(%b)(?:%b)?(?=%b)" % (place, old, below)).search(content, 0, _LONGEST_HEAD)
    if found is None:
        return None
    return b"".join([content[: found.end(1)], before, note, after, content[found.end() :]])
