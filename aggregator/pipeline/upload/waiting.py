"""What is still to be uploaded, and what is at the target already."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from aggregator.config.keys.settings import PublishKeys
from aggregator.pipeline.upload.comparison import list_files
from aggregator.publish.changed_files import (
    ChangedFiles,
    ListHead,
    drop_changes,
    has_changes,
    keep_changes,
    read_changes,
)
from aggregator.publish.folder_locks import lock_folder
from aggregator.publish.topic_offers import wait_for_groups

FORM = 1
"""Raised when files are stored with other header fields than before: all are uploaded again then."""


def describe_target(keys: PublishKeys) -> str:
    """Return where files are uploaded to, "" for nowhere."""
    return f"{keys.target} at {keys.target_endpoint}" if keys.target and keys.target_endpoint else keys.target


def has_uploads(folder: Path, target: str) -> bool:
    """Tell whether anything is to be done for a target; costs next to nothing."""
    if has_changes(folder):
        return True
    known = read_changes(folder)
    return known is None or known.head.target != target or known.head.form != FORM


def drop_uploads(folder: Path) -> None:
    """Forget what was to be uploaded: nothing is uploaded any more."""
    drop_changes(folder)


def read_waiting(folder: Path, target: str) -> tuple[str, ...] | None:
    """Return the files that are still to be uploaded; None: all are to be compared first."""
    known = read_changes(folder)
    if known is None or known.head.is_whole or known.head.target != target or known.head.form != FORM:
        return None
    return known.names


def read_done_at(folder: Path) -> datetime | None:
    """Return when nothing was left to be uploaded; None: not yet."""
    known = read_changes(folder)
    return known.head.done if known else None


def find_uploaded(folder: Path, keys: PublishKeys) -> Callable[[str], bool]:
    """Return what tells whether readers find a file as it was written last: without a target, always."""
    target = describe_target(keys)
    waiting = read_waiting(folder, target) if target else ()
    if waiting is None:
        return lambda _: False
    names = frozenset(waiting)
    return lambda name: name not in names


def begin_list(folder: Path, target: str) -> ChangedFiles:
    """Return the list for this target; one that is new asks for all to be compared. Raises PublishError."""
    known = read_changes(folder)
    # A name is there before its file is: whoever wrote it down has ended then.
    wait_for_groups(folder)
    with lock_folder(folder):
        pass
    if known is not None and known.head.target == target and known.head.form == FORM:
        return known
    is_there = known is not None and known.head.target == target  # with other fields: all is uploaded again
    keep_changes(
        folder,
        ListHead(target=target, form=FORM, is_whole=not is_there),
        (*(known.names if known else ()), *(list_files(folder) if is_there else ())),
        read_bytes=known.length_bytes if known else 0,
    )
    return begin_list(folder, target)


def ask_for_all(folder: Path, target: str, names: Iterable[str]) -> None:
    """Have these files uploaded, or deleted where they are not there, besides those that wait already."""
    known = begin_list(folder, target)
    keep_changes(
        folder,
        replace(known.head, is_whole=False),
        dict.fromkeys((*known.names, *names)),
        read_bytes=known.length_bytes,
    )
