"""How much the published tree takes."""

import os
from contextlib import suppress
from pathlib import Path


def measure_tree(folder: Path) -> tuple[int, int]:
    """Return the number of files below ``folder``, and their bytes; what goes meanwhile does not count."""
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
    return files, size
