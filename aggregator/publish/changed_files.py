"""The list of files that changed and are still to be uploaded: a file in the tree, with a name a line.

A name is written down before its file is replaced or removed, so that a kill loses none; one that was written
down and did not change is uploaded once more. Without the list, which whoever uploads makes, nothing is kept.

The first line is the ``ListHead``. Each of the others is a text of JSON, and begins with an empty line, so
that one which a kill cut short does not spoil the next.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.publish.folder_locks import describe_reason, lock_folder
from aggregator.publish.lock_holders import check_holds
from aggregator.publish.synced_file import replace_file

CHANGED = ".changed"
"""The file with the list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListHead:
    """What the list is for: where files are uploaded to, and with fields of which form.

    ``is_whole``      whether all files are to be compared with what is there, besides those in the list
    ``has_variants``  whether compressed copies were ever uploaded
    ``done_at``       when nothing was left to be uploaded, in ISO 8601; None: not yet
    """

    target: str
    form: int
    is_whole: bool = False
    has_variants: bool = False
    done_at: str | None = None

    @property
    def done(self) -> datetime | None:
        """Return when nothing was left to be uploaded; None: not yet."""
        return None if self.done_at is None else datetime.fromisoformat(self.done_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedFiles:
    """The list as it was read, up to ``length_bytes``: its head, and each name once, the oldest first."""

    head: ListHead
    names: tuple[str, ...]
    length_bytes: int


def note_changes(folder: Path, names: Iterable[str]) -> None:
    """Write down that files below ``folder`` change, where there is a list; it is on the disk then.

    Raises PublishError where it cannot be written: nothing may be changed then.
    """
    path = f"{folder}/{CHANGED}"
    if not os.path.exists(path):  # which costs next to nothing
        return
    lines = "".join(f"\n{json.dumps(name)}\n" for name in names).encode()
    if not lines:
        return
    with lock_folder(folder), _naming_trouble(folder):
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        except FileNotFoundError:  # nothing is uploaded any more
            return
        try:
            while lines:
                lines = lines[os.write(descriptor, lines) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def has_changes(folder: Path) -> bool:
    """Tell whether anything is to be uploaded, or compared; at once, however long the list is."""
    try:
        with open(f"{folder}/{CHANGED}", "rb") as file:
            head = _parse_head(file.readline())
            return head is None or head.is_whole or bool(file.read(1))
    except OSError:
        return False


def read_changes(folder: Path) -> ChangedFiles | None:
    """Return what is to be uploaded; None without a list, or with one that nobody can read."""
    try:
        content = Path(folder, CHANGED).read_bytes()
    except OSError:
        return None
    first, *lines = content.split(b"\n")
    head = _parse_head(first)
    if head is None:
        return None
    return ChangedFiles(head=head, names=tuple(dict.fromkeys(_parse(lines))), length_bytes=len(content))


def keep_changes(folder: Path, head: ListHead, names: Iterable[str], *, read_bytes: int) -> None:
    """Replace the list up to ``read_bytes``, which were read, by these names; what came since stays.

    0 bytes: a list that is new, or was for something else. Raises PublishError where it cannot be written.
    """
    path = f"{folder}/{CHANGED}"
    with lock_folder(folder), _naming_trouble(folder):
        since = b""
        with suppress(FileNotFoundError), open(path, "rb") as file:
            if read_bytes:
                file.seek(read_bytes)
                since = file.read()
        lines = "".join(f"\n{json.dumps(name)}\n" for name in names)
        check_holds()
        replace_file(path, f"{json.dumps(asdict(head))}\n{lines}".encode() + since)


def drop_changes(folder: Path) -> None:
    """Remove the list: nothing is uploaded any more."""
    with suppress(OSError):
        os.unlink(f"{folder}/{CHANGED}")


@contextmanager
def _naming_trouble(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PublishError(f"{folder}/{CHANGED}: cannot be written: {describe_reason(error)}") from error


def _parse_head(line: bytes) -> ListHead | None:
    try:
        return ListHead(**json.loads(line))
    except (ValueError, TypeError):
        return None


def _parse(lines: Iterable[bytes]) -> Iterator[str]:
    for line in lines:
        if line:
            with suppress(ValueError):  # a kill cut it short, before its file was changed
                name = json.loads(line)
                if isinstance(name, str):
                    yield name
