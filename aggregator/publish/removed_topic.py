"""The files of a topic that was removed: they stay as they were published last, and say that it is over."""

import json
import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from aggregator.publish.feed_formats import ATOM, FEED_FORMATS, JSON_FEED
from aggregator.publish.notice_place import LONGEST_HEAD
from aggregator.publish.site import TOPIC_PAGE_NOTICE
from aggregator.publish.topic_folders import PAGE, TOPIC_FILES
from aggregator.publish.tree_paths import CHANGES

_NOTICE_PLACES = {
    **{form.file_name: form.notice_place for form in FEED_FORMATS},
    CHANGES: ATOM.notice_place,
    PAGE: TOPIC_PAGE_NOTICE,
}
_ICON = re.compile(r'<img class="emblem" src="\.\./(assets/[^"]+)"')


def add_notice(folder: Path, topic_id: str, notice: str) -> dict[str, bytes]:
    """Return the files of a topic below ``folder`` that lack the notice, with it, by name.

    It takes the place of an older one. A file that is not as we write it is left out.
    """
    files: dict[str, bytes] = {}
    for name in (f"{topic_id}/{file}" for file in (CHANGES, *TOPIC_FILES)):
        place = _NOTICE_PLACES[Path(name).name]
        with suppress(OSError), (folder / name).open("rb") as file:
            head = file.read(LONGEST_HEAD)
            if notice.encode() not in head:
                content = place.insert(head + file.read(), notice.encode())
                files |= {} if content is None else {name: content}
    return files


def read_title(folder: Path, topic_id: str) -> str:
    """Return the title of a topic's feeds below ``folder``, the topic's id where it cannot be read."""
    with suppress(OSError, ValueError):
        feed = json.loads((folder / topic_id / JSON_FEED.file_name).read_bytes())
        title = feed.get("title") if isinstance(feed, dict) else None
        if isinstance(title, str):
            return title
    return topic_id


def find_publisher_icons(folder: Path, topic_ids: Collection[str]) -> set[str]:
    """Return the names of the publishers' icons on the pages of these topics below ``folder``."""
    found: set[str] = set()
    for topic_id in topic_ids:
        with suppress(OSError, UnicodeDecodeError):
            found.update(_ICON.findall((folder / topic_id / PAGE).read_text(encoding="utf-8")))
    return found
