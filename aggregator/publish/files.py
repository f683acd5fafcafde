"""Writing the published tree: each file whole or not at all, and only where its bytes changed."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aggregator.errors import PublishError
from aggregator.publish.tree_paths import TOPIC_MARK

_LOCK = ".writing.lock"
_UNFINISHED = ".unfinished"
_WAIT_S = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What writing did: names of ``changed`` files, how many were ``unchanged``, one line an error."""

    changed: tuple[str, ...] = ()
    unchanged: int = 0
    errors: tuple[str, ...] = ()


def write_files(folder: Path, files: Mapping[str, bytes]) -> Written:
    """Write ``files`` (names below ``folder``, with ``/``) and return what was done.

    A reader sees a file's old or its new bytes, never a part, also after a kill or a power failure;
    a file that holds the bytes already is not touched. A file that cannot be written does not stop
    the others: it is named in the result's ``errors``. Raises PublishError where the folder itself
    cannot be used.
    """
    changed, errors = [], []
    with lock_folder(folder):
        _clear_unfinished(folder, files)
        for name, content in files.items():
            try:
                if _write(_resolve_inside(folder, name), content):
                    changed.append(name)
            except (OSError, PublishError) as error:
                errors.append(
                    f"{folder / name}: not written, its last version stays: {describe_reason(error)}"
                )
    return Written(
        changed=tuple(changed), unchanged=len(files) - len(changed) - len(errors), errors=tuple(errors)
    )


def find_missing_files(folder: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the files, named below ``folder``, that are not there; each folder is listed once."""
    there: dict[str, frozenset[str]] = {}
    missing = []
    for name in names:  # there are thousands, and paths would take twenty times as long
        parent, _, base = name.rpartition("/")
        if parent not in there:
            there[parent] = _list_names(folder / parent)
        if base not in there[parent]:
            missing.append(name)
    return tuple(sorted(missing))


def holds_feeds(folder: Path) -> bool:
    """Tell whether a topic was ever published below ``folder`` and is still there."""
    return next(folder.glob(f"*/{TOPIC_MARK}"), None) is not None


def remove_files(folder: Path, names: Collection[str]) -> int:
    """Remove those of the files that are there, named below ``folder``, and return how many.

    Folders that are then empty go, too. Raises PublishError where a file cannot be removed.
    """
    if not names or not folder.is_dir():
        return 0
    removed = 0
    with lock_folder(folder):
        for name in names:
            path = _resolve_inside(folder, name)
            try:
                with suppress(FileNotFoundError, NotADirectoryError):
                    path.unlink()
                    removed += 1
            except OSError as error:
                raise PublishError(f"{path}: not removed: {describe_reason(error)}") from error
            _remove_emptied(folder, path.parent)
    return removed


def clear_unfinished(folder: Path) -> int:
    """Remove what killed writers left anywhere below ``folder``, and return how many files that were.

    Raises PublishError where the folder itself cannot be used.
    """
    if not folder.is_dir():
        return 0
    removed = 0
    with lock_folder(folder):
        for parent, _, names in os.walk(folder):
            left = [name for name in names if name.startswith(".") and name.endswith(_UNFINISHED)]
            for name in left:
                with suppress(OSError):
                    Path(parent, name).unlink()
                    removed += 1
            if left:
                _remove_emptied(folder, Path(parent))
    return removed


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system releases when its holder dies.

    Raises PublishError where another process holds it for a minute, or the folder cannot be used.
    """
    # Commands that only look at the tree never ask for it.
    from filelock import FileLock, Timeout  # noqa: PLC0415

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / _LOCK, timeout=_WAIT_S)
        lock.acquire()
    except Timeout as error:
        raise PublishError(f"{folder}: another process has been writing for {_WAIT_S} s") from error
    except (FileExistsError, NotADirectoryError) as error:
        raise PublishError(
            f"{error.filename}: a file stands where a folder is to be; move it away"
        ) from error
    except OSError as error:
        raise PublishError(f"{folder}: cannot be written to: {describe_reason(error)}") from error
    try:
        yield
    finally:
        lock.release()


def describe_reason(error: Exception) -> str:
    """Return what an error says to people."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _list_names(folder: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208  # names, not paths
    except OSError:  # gone as well, or unreadable: writing says why
        return frozenset()


def _clear_unfinished(folder: Path, names: Collection[str]) -> None:
    """Remove what killed writers left beside the files; nobody else is writing."""
    for parent in {(folder / name).parent for name in names}:
        for leftover in parent.glob(f".*{_UNFINISHED}"):
            with suppress(OSError):  # where it is in the way, writing the file says so
                leftover.unlink()


def _resolve_inside(folder: Path, name: str) -> Path:
    """Return the file's path; refuse names and symbolic links that lead out of the folder."""
    parts = PurePosixPath(name).parts
    path = folder.joinpath(*parts)
    if not parts or ".." in parts or "\0" in name or not path.resolve().is_relative_to(folder.resolve()):
        raise PublishError("it is outside of the folder")
    return path


def _write(path: Path, content: bytes) -> bool:
    """Replace the file's bytes in one step; return False where they are the same already."""
    with suppress(FileNotFoundError, NotADirectoryError):
        if path.stat().st_size == len(content) and path.read_bytes() == content:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}{_UNFINISHED}")
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    return True


def _remove_emptied(folder: Path, emptied: Path) -> None:
    with suppress(OSError):  # something else is in it, or it went with another file
        while emptied != folder:
            emptied.rmdir()
            emptied = emptied.parent
