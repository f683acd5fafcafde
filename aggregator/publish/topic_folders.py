"""The folders of topics in the published tree: finding them, and removing those that are not wanted."""

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.publish.feed_formats import FEED_FORMATS
from aggregator.publish.files import remove_files
from aggregator.publish.folder_locks import describe_reason
from aggregator.publish.tree_paths import CHANGES, TOPIC_MARK

PAGE = "index.html"
ARTICLES = "articles"
_FEEDS = tuple(form.file_name for form in FEED_FORMATS)
# the mark comes last: as long as it stands there, a removal that was broken off is taken up again
TOPIC_FILES = (
    *_FEEDS,
    PAGE,
    *(name for name in (f"{ARTICLES}/{feed}" for feed in _FEEDS) if name != TOPIC_MARK),
    TOPIC_MARK,
)
"""The names of a topic's files in its folder."""


def find_topics(folder: Path, *, without: Collection[str]) -> tuple[str, ...]:
    """Return the ids of the topics that are published below ``folder``, ``without`` these.

    Raises PublishError where the folder cannot be read.
    """
    try:
        return tuple(_find_topics(folder, without)) if folder.is_dir() else ()
    except OSError as error:
        raise PublishError(f"{error.filename}: cannot be read: {describe_reason(error)}") from error


def read_topics(folder: Path, topic_ids: Iterable[str]) -> dict[str, bytes]:
    """Return the files of these topics below ``folder`` that are there, by name."""
    names = (f"{topic_id}/{name}" for topic_id in topic_ids for name in (CHANGES, *TOPIC_FILES))
    return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


def remove_topics(folder: Path, *, keep: Collection[str]) -> tuple[str, ...]:
    """Remove the files of topics that are not in ``keep`` and return their names below ``folder``.

    Only files that publishing writes go, and folders that are then empty; a folder without a
    topic's articles feed is none of ours and is left alone. Raises PublishError where the folder
    cannot be used or a file cannot be removed.
    """
    names = tuple(
        f"{topic}/{name}"
        for topic in find_topics(folder, without=keep)
        for name in (CHANGES, *TOPIC_FILES)
        if (folder / topic / name).is_file()
    )
    remove_files(folder, names)
    return names


def _find_topics(folder: Path, without: Collection[str]) -> list[str]:
    with os.scandir(folder) as children:
        found = sorted(
            child.name
            for child in children
            if child.name not in without and child.is_dir(follow_symlinks=False)
        )
    return [name for name in found if (folder / name / TOPIC_MARK).is_file()]
