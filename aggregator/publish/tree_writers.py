"""The workers that may write to the published tree, noted in it, and those that keep its locks though gone.

A worker that was stopped, or cut off from its database, keeps the locks that it has, and would put files in
their places when it goes on that others have replaced by then. So its process is ended before others publish.
Where it is on another machine its locks are broken, and it finds that when it goes on (``lock_holders``).
"""

import json
import os
import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from aggregator.machine.processes import Process, describe_own_process, has_locked, is_elsewhere, is_running
from aggregator.publish.folder_locks import PUBLISHING, list_locks
from aggregator.publish.lock_holders import HOLDERS, break_lock, find_holder, name_holder
from aggregator.publish.synced_file import replace_file
from aggregator.publish.touched_folders import make_folder

FOLDER = ".workers"
"""The folder in the tree with a file for each process, by the name of its machine and its number there."""
NAME = ".tree"
"""The file in the tree with a name that no other tree has."""
HELPED_WITHIN = timedelta(minutes=10)


def name_tree(folder: Path) -> str:
    """Return the name of the tree, the same for all that write to it, on any machine; raises OSError."""
    path = folder / NAME
    if not path.exists():
        make_folder(folder)
        _give_name(path, secrets.token_hex(16))
    return path.read_text(encoding="ascii")


def _give_name(path: Path, name: str) -> None:
    """Write the file of the name, unless another process does so at the same time."""
    own = Path(f"{path}-{name}")
    own.write_text(name, encoding="ascii")
    try:
        path.hardlink_to(own)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        own.rename(path)
    finally:
        own.unlink(missing_ok=True)


def note_writer(folder: Path, number: int) -> None:
    """Note that this process is the worker of this number from now on; raises OSError."""
    own = describe_own_process()
    if own is not None:
        make_folder(folder / FOLDER)
        make_folder(folder / HOLDERS)
        path = _name_file(folder, own)
        replace_file(path, json.dumps({"number": number, **asdict(own)}).encode())
        os.utime(path, (0, 0))  # the file's time is when it helped last


def note_help(folder: Path, now: datetime) -> None:
    """Note that this process writes topics that another offers."""
    own = describe_own_process()
    if own is not None:
        with suppress(OSError):
            os.utime(_name_file(folder, own), (now.timestamp(), now.timestamp()))


def forget_writer(folder: Path) -> None:
    """Forget this process, which writes no more."""
    own = describe_own_process()
    if own is not None:
        with suppress(OSError):
            Path(_name_file(folder, own)).unlink()


def count_writers(folder: Path, there: Collection[int]) -> int:
    """Return how many of the workers that are ``there`` may write to the tree, on any machine."""
    try:
        return sum(_read(path)[0] in there for path in (folder / FOLDER).iterdir())
    except OSError:
        return 0


class Role(StrEnum):
    """What a worker with ``--publish`` does for the tree."""

    ARRANGES = "arranges"
    HELPS = "helps"
    STANDS_BY = "stands by"


def read_roles(folder: Path, now: datetime) -> Mapping[int, Role]:
    """Return what each worker does that may write to the tree, by number: one of them published last.

    Others help where they wrote topics in the ten minutes before ``now``. Of a tree on another machine
    nothing is known.
    """
    publisher, roles = find_holder(folder, PUBLISHING), {}
    since_s = (now - HELPED_WITHIN).timestamp()
    with suppress(OSError):
        for path in (folder / FOLDER).iterdir():
            number, process = _read(path)
            holder = None if process is None else name_holder(process.host, process.pid)
            helps = Role.HELPS if path.stat().st_mtime >= since_s else Role.STANDS_BY
            roles[number] = Role.ARRANGES if holder and holder == publisher else helps
    return roles


def find_gone_writers(folder: Path, there: Collection[int]) -> Mapping[int, Process]:
    """Return the processes of this machine that have locks of the tree as workers that are not ``there`` now.

    What is noted of those that have ended is removed.
    """
    gone = {}
    with suppress(FileNotFoundError):
        for path in sorted((folder / FOLDER).iterdir()):
            number, process = _read(path)
            if number in there or process is None or is_elsewhere(process):
                continue
            if not is_running(process):
                path.unlink(missing_ok=True)
            elif has_locked(process, list_locks(folder)):
                gone[number] = process
    return gone


def find_gone_elsewhere(folder: Path, there: Collection[int]) -> Mapping[int, Process]:
    """Return the processes of other machines, or containers, noted as workers that are not ``there``."""
    gone = {}
    with suppress(FileNotFoundError):
        for path in sorted((folder / FOLDER).iterdir()):
            number, process = _read(path)
            if process is not None and number not in there and is_elsewhere(process):
                gone[number] = process
    return gone


def break_locks(folder: Path, process: Process) -> Sequence[str]:
    """Take from a process the locks that it has, or had last, and forget it; return their names.

    Raises OSError where the tree cannot be used.
    """
    holder = name_holder(process.host, process.pid)
    broken = [path.name for path in list_locks(folder) if break_lock(folder, path.name, holder)]
    Path(_name_file(folder, process)).unlink(missing_ok=True)
    return broken


def _name_file(folder: Path, process: Process) -> str:
    return f"{folder}/{FOLDER}/{process.host}-{process.pid}"


def _read(path: Path) -> tuple[int, Process | None]:
    try:
        noted = json.loads(path.read_bytes())
        return noted.pop("number"), Process(**noted)
    except (OSError, ValueError, TypeError, KeyError):  # of another version, or of nobody
        return 0, None
