"""Uploading the published tree, as commands do."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aggregator.cli.options import clock
from aggregator.cli.terminal.progress_bar import show_progress_bar
from aggregator.cli.workspace import Workspace
from aggregator.errors import TargetError
from aggregator.model.progress import OnProgress
from aggregator.pipeline.upload import (
    TreeComparison,
    Uploads,
    ask_for_all,
    compare_tree,
    describe_target,
    find_urgent,
    has_uploads,
    list_files,
    read_waiting,
    upload_round,
)
from aggregator.publish.folder_locks import try_to_lock_uploads
from aggregator.publish.lock_holders import Hold
from aggregator.store import UPLOAD_FAILURE, read_note, write_note
from aggregator.target import ObjectStore, open_object_store


@dataclass(frozen=True, kw_only=True, slots=True)
class Uploader:
    """What brings the tree of a site to its target, called ``label``."""

    workspace: Workspace
    folder: Path
    label: str
    store: ObjectStore

    def compare(self) -> TreeComparison:
        """Compare all files with what is at the target; raises TargetError."""
        with show_progress_bar("comparing") as bar:
            return asyncio.run(compare_tree(self.folder, self.store, on_progress=bar.move))

    def ask_for(self, names: "tuple[str, ...] | None") -> None:
        """Have these files uploaded, or deleted where they are not there; None: all files that are there."""
        ask_for_all(self.folder, self.label, list_files(self.folder) if names is None else names)

    def upload(self) -> Uploads:
        """Upload what waits; raises TargetError where the target fails, or another process uploads."""
        with try_to_lock_uploads(self.folder) as hold:
            if hold is None:
                raise TargetError(f"{self.folder}: another process is uploading it")
            with show_progress_bar("uploading") as bar:
                done = asyncio.run(self._upload_all(hold, bar.move))
        if read_note(self.workspace.store, UPLOAD_FAILURE):
            write_note(self.workspace.store, UPLOAD_FAILURE, "")
        return done

    async def _upload_all(self, hold: Hold, on_progress: OnProgress) -> Uploads:
        total, moved = Uploads(), True
        files = len(read_waiting(self.folder, self.label) or ())
        while moved and has_uploads(self.folder, self.label):
            done = await upload_round(
                folder=self.folder, label=self.label, target=self.store,
                is_urgent=find_urgent(self.folder, self.workspace.store), now=clock(), hold=hold,
            )  # fmt: skip
            moved = bool(done.put or done.deleted)
            total.put, total.deleted = total.put + done.put, total.deleted + done.deleted
            total.left, total.errors = done.left, done.errors
            on_progress(max(files - done.left, 0), max(files, done.left))
        return total


def open_uploader(workspace: Workspace) -> Uploader | None:
    """Return what uploads the tree of a site; None where no target is configured. Raises TargetError."""
    keys = workspace.rules.publishing
    if not keys.target:
        return None
    return Uploader(
        workspace=workspace,
        folder=workspace.rules.feeds_dir,
        label=describe_target(keys),
        store=open_object_store(keys.target, keys.target_endpoint, os.environ),
    )


def upload_published(workspace: Workspace) -> Sequence[str]:
    """Upload what was published, where a target is configured; return a line for each failure."""
    try:
        uploader = open_uploader(workspace)
        return uploader.upload().errors if uploader else ()
    except TargetError as error:
        return (str(error),)
