"""The folders of topics in the published tree: finding them, and removing those that are not wanted."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.publish.feed_formats import FEED_FORMATS
from aggregator.publish.files import describe_reason, lock_folder
from aggregator.publish.tree_paths import TOPIC_MARK

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


def find_topics(folder: Path, *, besides: Collection[str]) -> tuple[str, ...]:
    """Return the ids of the topics that are published below ``folder``, ``besides`` these.

    Raises PublishError where the folder cannot be read.
    """
    try:
        return tuple(topic.name for topic in _find_folders(folder, besides)) if folder.is_dir() else ()
    except OSError as error:
        raise PublishError(f"{error.filename}: cannot be read: {describe_reason(error)}") from error


def remove_topics(folder: Path, *, keep: Collection[str]) -> tuple[str, ...]:
    """Remove the files of topics that are not in ``keep`` and return their names below ``folder``.

    Only files that publishing writes go, and folders that are then empty; a folder without a
    topic's articles feed is none of ours and is left alone. Raises PublishError where the folder
    cannot be used or a file cannot be removed.
    """
    if not folder.is_dir():
        return ()
    with lock_folder(folder):
        try:
            return tuple(
                name for topic in _find_folders(folder, keep) for name in _remove_topic(folder, topic)
            )
        except OSError as error:
            raise PublishError(f"{error.filename}: not removed: {describe_reason(error)}") from error


def _find_folders(folder: Path, besides: Collection[str]) -> list[Path]:
    children = (child for child in sorted(folder.iterdir()) if child.name not in besides)
    return [child for child in children if not child.is_symlink() and (child / TOPIC_MARK).is_file()]


def _remove_topic(folder: Path, topic: Path) -> Iterator[str]:
    for name in TOPIC_FILES:
        path = topic / name
        if path.is_file():
            path.unlink()
            yield path.relative_to(folder).as_posix()
    for emptied in (topic / ARTICLES, topic):
        with suppress(OSError):  # somebody else's files are in it
            emptied.rmdir()
