"""Replacing an operator's file as a whole: nobody reads half of it, and it keeps its mode and owner."""

import glob
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from aggregator.errors import ConfigError

NEW_FILE_MODE = 0o644
UNFINISHED = ".unfinished"
UNFINISHED_AFTER_S = 3600


def replace_file(path: Path, body: bytes) -> None:
    """Write ``body`` beside the file and move it in place, so that no reader sees half of it.

    The file keeps its mode and, where that can be, its owner. Raises ConfigError where it cannot be written.
    """
    try:
        _write_beside(path.resolve(), body)
    except OSError as error:
        raise ConfigError([f"{path}: cannot be written ({error.strerror}); it stays as it was"]) from error


def _write_beside(path: Path, body: bytes) -> None:
    _clear_unfinished(path)
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.name}.", suffix=UNFINISHED, delete=False
    ) as fresh:
        try:
            fresh.write(body)
            fresh.flush()
            os.fsync(fresh.fileno())
            _copy_mode(path, Path(fresh.name))
            Path(fresh.name).replace(path)
        except BaseException:
            Path(fresh.name).unlink(missing_ok=True)
            raise


def _clear_unfinished(path: Path) -> None:
    """Remove what killed edits left beside the file; a young one may be another command's."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{UNFINISHED}"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > UNFINISHED_AFTER_S:
                left.unlink()


def _copy_mode(path: Path, fresh: Path) -> None:
    try:
        before = path.stat()
    except FileNotFoundError:
        fresh.chmod(NEW_FILE_MODE)
        return
    with suppress(PermissionError):
        os.chown(fresh, before.st_uid, before.st_gid)
    fresh.chmod(before.st_mode & 0o7777)
