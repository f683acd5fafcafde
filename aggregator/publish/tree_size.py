"""How much the published tree takes."""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class TreeSize(NamedTuple):
    """How many files there are, and how many bytes they have."""

    files: int
    size_bytes: int


def measure_tree(folder: Path) -> TreeSize:
    """Return how much is below ``folder``; what goes meanwhile does not count."""
    files = size = 0
    folders = [str(folder)]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    with suppress(FileNotFoundError):
                        size += entry.stat(follow_symlinks=False).st_size
                        files += 1
    return TreeSize(files, size)
