"""All files of the tree, compared with what is at the target."""

import asyncio
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aggregator.model.progress import OnProgress, ignore_progress
from aggregator.publish.files import read_file
from aggregator.publish.tree_paths import is_hidden
from aggregator.publish.variants import SUFFIXES, variant_names
from aggregator.target import ObjectStore, StoredObject

_MD5 = re.compile(r"[0-9a-f]{32}")
_TELL_AFTER = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeComparison:
    """Files that are ``missing`` at the target, ``different`` there, or only there: ``extra``.

    So many are the ``same``. A compressed copy counts as the file that it was made of.
    """

    missing: tuple[str, ...]
    different: tuple[str, ...]
    extra: tuple[str, ...]
    same: int


async def compare_tree(
    folder: Path, target: ObjectStore, *, on_progress: OnProgress = ignore_progress
) -> TreeComparison:
    """Compare all files below a folder with what is at the target; raises TargetError.

    Equal are files of the same size and MD5. Where a store tells no MD5, as with some kinds of encryption,
    all files differ.
    """
    stored = {one.name: one async for one in target.list_all()}
    return await asyncio.to_thread(_compare, folder, stored, on_progress)


def list_files(folder: Path) -> Iterator[str]:
    """Yield the names of the files below a folder, but for hidden ones, and those that links lead out to."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        below = Path(parent).relative_to(folder).as_posix()
        for name in sorted(names):
            if not is_hidden(name) and name.isprintable():
                yield name if below == "." else f"{below}/{name}"


def read_published(folder: Path, name: str) -> bytes | None:
    """Return the bytes of a file below a folder; None where none is there, or a link leads out of the folder.

    Raises OSError where it cannot be read.
    """
    path = os.path.realpath(f"{folder}/{name}")
    if not path.startswith(f"{os.path.realpath(folder)}/"):
        return None
    try:
        return read_file(path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _compare(folder: Path, stored: Mapping[str, StoredObject], on_progress: OnProgress) -> TreeComparison:
    names = list(list_files(folder))
    missing: dict[str, None] = {}
    different: dict[str, None] = {}
    same = 0
    for number, name in enumerate(names, start=1):
        if name not in stored:
            missing[_find_plain(name)] = None
        elif _is_same(folder, name, stored[name]):
            same += 1
        else:
            different[_find_plain(name)] = None
        if number % _TELL_AFTER == 0 or number == len(names):
            on_progress(number, len(names))
    there = set(names)
    extra = dict.fromkeys(_find_plain(name) for name in sorted(stored) if name not in there)
    return TreeComparison(missing=tuple(missing), different=tuple(different), extra=tuple(extra), same=same)


def _is_same(folder: Path, name: str, stored: StoredObject) -> bool:
    if stored.etag is None or not _MD5.fullmatch(stored.etag):
        return False
    try:
        body = read_published(folder, name)
    except OSError:
        return False
    if body is None or len(body) != stored.size_bytes:
        return False
    return hashlib.md5(body, usedforsecurity=False).hexdigest() == stored.etag


def _find_plain(name: str) -> str:
    """Return the file that a compressed copy is of; any other is itself."""
    for suffix in SUFFIXES:
        plain = name.removesuffix(suffix)
        if name != plain and name in variant_names(plain):
            return plain
    return name
