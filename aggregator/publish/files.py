"""Writing the published tree: each file whole or not at all, and only where its bytes changed.

How files get to the disk: the bytes of each are synced under another name before they take its place, so that
a reader sees a whole file, after a power failure, too; those of some files go there at once. Then each folder
that was touched is synced once, before ``write_files`` or ``remove_files`` returns: what they say was done is
on the disk.

Where compressed variants are kept, the old ones go before their file is replaced, and the new ones follow it:
a server finds none for a moment, and sends the file itself, but never one of other bytes, after a kill, too.

Where files are uploaded, too, the name of each that changes is written down first (``changed_files``).
"""

import errno
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from stat import S_ISREG

from aggregator.errors import PublishError
from aggregator.publish.changed_files import note_changes
from aggregator.publish.folder_locks import describe_reason, lock_folder
from aggregator.publish.lock_holders import check_holds
from aggregator.publish.synced_file import (
    Content,
    Stamp,
    UnfinishedFile,
    discard_file,
    finish_file,
    list_parts,
    make_stamp,
    replace_file,
    start_file,
)
from aggregator.publish.touched_folders import TouchedFolders
from aggregator.publish.tree_paths import TOPIC_MARK
from aggregator.publish.variants import make_variants, variant_names

FILES_TOGETHER = 32
"""Files that are on their way to the disk at once: each has a descriptor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What writing did: names of ``changed`` files, how many were ``unchanged``, one line an error.

    ``stamps`` are those of the files that are on the disk as they are to be, changed and unchanged, by name.
    """

    changed: tuple[str, ...] = ()
    unchanged: int = 0
    errors: tuple[str, ...] = ()
    stamps: Mapping[str, Stamp] = field(default_factory=dict)


def write_files(
    folder: Path, files: Mapping[str, Content], *, is_compared: bool = True, has_variants: bool = False
) -> Written:
    """Write ``files`` (names below ``folder``, with ``/``) and return what was done.

    A reader sees a file's old or its new bytes, never a part, also after a kill or a power failure; a file
    that holds the bytes already is not touched. Where it is known that all bytes differ, ``is_compared``
    False saves reading the old ones. With ``has_variants`` texts have some in gzip and brotli beside them,
    which the result does not name, else none. A file that cannot be written does not stop the others: it is
    named in the result's ``errors``. Raises PublishError where the folder itself cannot be used.
    """
    with lock_folder(folder):
        return start_files(folder, files, is_compared=is_compared, has_variants=has_variants).finish()


def start_files(
    folder: Path, files: Mapping[str, Content], *, is_compared: bool = True, has_variants: bool = False
) -> "StartedFiles":
    """Do the first part of what ``write_files`` does, for who holds the folder's lock: no file is seen yet.

    The bytes of the first files are on their way to the disk meanwhile.
    """
    folders = TouchedFolders(folder, is_made=True)
    started = StartedFiles(
        folder, files, folders, iter(files), is_compared=is_compared, has_variants=has_variants
    )
    started.start_next()
    return started


@dataclass(slots=True)
class StartedFiles:
    """What was done up to now of writing ``files`` below ``root``."""

    root: Path
    files: Mapping[str, Content]
    folders: TouchedFolders
    names: Iterator[str]
    is_compared: bool
    has_variants: bool
    unfinished: dict[str, UnfinishedFile] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    stamps: dict[str, Stamp] = field(default_factory=dict)

    def start_next(self) -> bool:
        """Write the bytes of the next files, which get to the disk together; tell whether there were any.

        Raises PublishError where the folder is another's by now.
        """
        check_holds()
        together = list(islice(self.names, FILES_TOGETHER))
        for name in together:
            with self._noting_error(name):
                file = self._start(name, self.files[name])
                if file is not None:
                    self.unfinished[name] = file
        return bool(together)

    def finish(self) -> Written:
        """Put all files in their places, and return what was done once their names are on the disk, too."""
        while True:
            self._note_changes()
            for name, file in self.unfinished.items():
                with self._noting_error(name):
                    self._finish(name, file, self.files[name])
            self.unfinished = {}
            if not self.start_next():
                return self._sum_up()

    def _note_changes(self) -> None:
        try:
            note_changes(self.root, self.unfinished)
        except PublishError:
            for file in self.unfinished.values():
                discard_file(file)
            raise

    def _sum_up(self) -> Written:
        unchanged, stamps = len(self.stamps) - len(self.changed), self.stamps
        for parent, failure in self.folders.sync():
            self.errors.append(f"{self.root / parent}: not synced to the disk: {describe_reason(failure)}")
            stamps = {name: stamp for name, stamp in stamps.items() if name.rpartition("/")[0] != parent}
        return Written(
            changed=tuple(self.changed), unchanged=unchanged, errors=tuple(self.errors), stamps=stamps
        )

    def _start(self, name: str, content: Content) -> UnfinishedFile | None:
        """Start to write a file; return None for one that has its bytes already."""
        path = self.folders.find_path(name)
        old = _find_old(self.folders, path)
        if self.is_compared and old and _holds(path, old, content):
            self._keep_variants(name, path, content)
            self.stamps[name] = make_stamp(old)
            return None
        check_holds()  # or what another is writing under the same name would be lost
        return start_file(path, content)

    def _finish(self, name: str, file: UnfinishedFile, content: Content) -> None:
        try:
            check_holds()
        except PublishError:
            file.file.close()  # what is there under its other name may be another's by now
            raise
        _unlink_all(variant_names(file.path))
        stamp = finish_file(file)
        self.changed.append(name)
        if self.has_variants:
            for variant, packed in make_variants(file.path, b"".join(list_parts(content))).items():
                replace_file(variant, packed)
        self.stamps[name] = stamp

    def _keep_variants(self, name: str, path: str, content: Content) -> None:
        """Make the variants that an unchanged file lacks, and remove those that it is not to have.

        Those that are there are of these bytes: none outlasts the version of the file that it was made of.
        """
        there = [variant for variant in variant_names(path) if os.path.isfile(variant)]
        if self.has_variants and len(there) == len(variant_names(path)):
            return
        made = make_variants(path, b"".join(list_parts(content))) if self.has_variants else {}
        unwanted = [variant for variant in there if variant not in made]
        check_holds()
        if unwanted or len(made) > len(there):
            note_changes(self.root, [name])
        for variant, packed in made.items():
            replace_file(variant, packed)
        _unlink_all(unwanted)

    @contextmanager
    def _noting_error(self, name: str) -> Iterator[None]:
        """Go on with the other files where one cannot be written."""
        try:
            yield
        except (OSError, PublishError) as error:
            where = self.root / name
            self.errors.append(f"{where}: not written, its last version stays: {describe_reason(error)}")


def read_stamp(path: Path | str) -> Stamp | None:
    """Return the stamp of the file that is there now, None where there is none."""
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return make_stamp(found) if S_ISREG(found.st_mode) else None


def read_file(path: str) -> bytes:
    """Return the bytes of a file, without the buffer and the checks of ``Path.read_bytes``."""
    with open(path, "rb", buffering=0) as file:
        return file.readall()


def find_missing_files(folder: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the files, named below ``folder``, that are not there; each folder is listed once.

    Raises OSError where too many files are open to tell.
    """
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

    Compressed variants go with them, uncounted, and folders that are then empty. Raises PublishError where a
    file cannot be removed.
    """
    if not names or not folder.is_dir():
        return 0
    removed = 0
    with lock_folder(folder):
        note_changes(folder, names)
        folders = TouchedFolders(folder, is_made=False)
        for name in names:
            try:
                with suppress(FileNotFoundError, NotADirectoryError):
                    path = folders.find_path(name)
                    check_holds()
                    _unlink_all(variant_names(path))
                    os.unlink(path)
                    removed += 1
            except (OSError, PublishError) as error:
                raise PublishError(f"{folder / name}: not removed: {describe_reason(error)}") from error
        folders.remove_emptied()
        for parent, failure in folders.sync():
            raise PublishError(f"{folder / parent}: not synced: {describe_reason(failure)}") from failure
    return removed


def _list_names(folder: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE):
            raise
        return frozenset()  # gone as well, or unreadable: writing says why


def _find_old(folders: TouchedFolders, path: str) -> os.stat_result | None:
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    folders.check_link(path, found)
    return found if S_ISREG(found.st_mode) else None


def _holds(path: str, found: os.stat_result, content: Content) -> bool:
    parts = list_parts(content)
    if found.st_size != sum(map(len, parts)):
        return False
    return read_file(path) == b"".join(parts)


def _unlink_all(paths: Iterable[str]) -> None:
    for path in paths:
        with suppress(FileNotFoundError):
            os.unlink(path)
