"""Files that killed writers left in the published tree, under the names of what is not whole yet."""

import os
from contextlib import suppress
from pathlib import Path

from aggregator.publish.folder_locks import lock_folder
from aggregator.publish.synced_file import UNFINISHED


def clear_unfinished(folder: Path) -> int:
    """Remove what killed writers left anywhere below ``folder``, and return how many files that were.

    Raises PublishError where the folder itself cannot be used.
    """
    if not folder.is_dir():
        return 0
    removed = 0
    with lock_folder(folder):
        for name in find_unfinished(folder):
            path = folder / name
            with suppress(OSError):
                path.unlink()
                removed += 1
            _remove_emptied(folder, path.parent)
    return removed


def find_unfinished(folder: Path) -> list[str]:
    """Return the names of the files below ``folder`` that are being written, or that killed writers left."""
    return [
        Path(parent, name).relative_to(folder).as_posix()
        for parent, _, names in os.walk(folder)
        for name in sorted(names)
        if name.startswith(".") and name.endswith(UNFINISHED)
    ]


def _remove_emptied(folder: Path, emptied: Path) -> None:
    with suppress(OSError):  # something else is in it, or it went with another file
        while emptied != folder:
            emptied.rmdir()
            emptied = emptied.parent
