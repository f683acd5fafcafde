"""One round of uploading: some of what waits, in its order, and out of the list what was done.

A round may be killed anywhere: what it had done and not yet taken out of the list is done again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

import structlog

from aggregator.errors import PublishError, TargetError
from aggregator.model.progress import OnProgress, ignore_progress
from aggregator.pipeline.upload.comparison import compare_tree, read_published
from aggregator.pipeline.upload.order import choose_step, sort_names
from aggregator.pipeline.upload.waiting import begin_list
from aggregator.publish.changed_files import ChangedFiles, keep_changes, note_changes
from aggregator.publish.file_headers import describe_file
from aggregator.publish.folder_locks import describe_reason
from aggregator.publish.lock_holders import Hold
from aggregator.publish.variants import variant_names
from aggregator.target import ObjectStore

FILES = 1_000
"""Files of a round: then it is looked for what came meanwhile and goes first."""
AT_ONCE = 16
"""Files that are put at the same time."""

NO_HOLD = Hold()
_Changed = TypeVar("_Changed")

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class Uploads:
    """What a round did: objects ``put`` and ``deleted``, a line for each file that could not be read.

    ``left`` are files that still wait, those with errors among them.
    """

    put: int = 0
    deleted: int = 0
    left: int = 0
    errors: list[str] = field(default_factory=list)


async def upload_round(
    *,
    folder: Path,
    label: str,
    target: ObjectStore,
    is_urgent: Callable[[str], bool],
    now: datetime,
    hold: Hold = NO_HOLD,
    on_progress: OnProgress = ignore_progress,
) -> Uploads:
    """Bring some of what waits to the target, ``label`` to the list; raises TargetError, PublishError.

    Of several processes one at a time may do so: who has ``hold``. A list that is new has all files compared
    first.
    """
    known = await asyncio.to_thread(_carry, hold, begin_list, folder, label)
    if known.head.is_whole:
        known = await _compare_all(known, folder, target, hold, on_progress)
    there = await asyncio.to_thread(_find_there, folder, known.names)
    steps = sort_names(
        known.names, lambda name: choose_step(name, is_there=name in there, is_urgent=is_urgent(name))
    )
    doing = _Round(folder=folder, target=target, known=known, hold=hold)
    try:
        for _, pairs in groupby(steps[:FILES], itemgetter(0)):
            await doing.do_step([name for _, name in pairs])
    finally:
        if not hold.is_lost():  # the list is another's then
            await asyncio.to_thread(_carry, hold, doing.keep, now)
    return doing.uploads


def _carry(hold: Hold, change: Callable[..., _Changed], *given: Any) -> _Changed:
    """Change the list in this thread, unless the lock of who uploads is another's by then."""
    with hold.carried():
        return change(*given)


async def _compare_all(
    known: ChangedFiles, folder: Path, target: ObjectStore, hold: Hold, on_progress: OnProgress
) -> ChangedFiles:
    """Add to the list what differs; what is at the target alone stays, as it may be of somebody else."""
    found = await compare_tree(folder, target, on_progress=on_progress)
    if found.extra:
        log.warning(
            "upload", target=target.address, problem="objects are there that the tree does not have",
            objects=len(found.extra), first=found.extra[0], see="aggregator upload --repair",
        )  # fmt: skip
    names = dict.fromkeys((*known.names, *found.missing, *found.different))
    head = replace(known.head, is_whole=False)
    keep = partial(keep_changes, read_bytes=known.length_bytes)
    await asyncio.to_thread(_carry, hold, keep, folder, head, names)
    return await asyncio.to_thread(_carry, hold, begin_list, folder, head.target)


def _find_there(folder: Path, names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in names if (folder / name).is_file())


@dataclass(kw_only=True, slots=True)
class _Round:
    """What was done up to now of what ``known`` lists."""

    folder: Path
    target: ObjectStore
    known: ChangedFiles
    hold: Hold
    done: set[str] = field(default_factory=set)
    uploads: Uploads = field(default_factory=Uploads)
    has_variants: bool = False
    failure: TargetError | PublishError | None = None

    async def do_step(self, names: Sequence[str]) -> None:
        """Delete what is gone of these files, and put the others; raises TargetError, PublishError."""
        gone: dict[str, list[str]] = {}
        waiting = iter(names)
        await asyncio.gather(*(self._put_some(waiting, gone) for _ in range(AT_ONCE)))
        if self.failure is not None:
            raise self.failure
        objects = [one for found in gone.values() for one in found]
        async with self._changing(gone):
            await self.target.delete(objects)
        self.uploads.deleted += len(objects)
        self.done.update(gone)

    async def _put_some(self, names: Iterator[str], gone: dict[str, list[str]]) -> None:
        """Put files with their compressed copies, until there are no more, or the target fails."""
        for name in names:
            if self.failure is not None:
                return
            try:
                unwanted = await self._put(name)
            except (TargetError, PublishError) as error:
                self.failure = error
            except OSError as error:
                problem = f"{self.folder / name}: not uploaded: {describe_reason(error)}"
                self.uploads.errors.append(problem)
            else:
                if unwanted:
                    gone[name] = unwanted
                else:
                    self.done.add(name)

    async def _put(self, name: str) -> list[str]:
        """Put a file and its compressed copies, and return which of these objects are to be deleted."""
        copies = variant_names(name)
        bodies = await asyncio.to_thread(_read_all, self.folder, (name, *copies))
        for stored, body in bodies.items():
            async with self._changing([name]):
                await self.target.put(stored, body, describe_file(stored))
            self.uploads.put += 1
            self.has_variants |= stored != name
        are_copies_there = self.has_variants or self.known.head.has_variants
        return [one for one in (name, *(copies if are_copies_there else ())) if one not in bodies]

    @asynccontextmanager
    async def _changing(self, names: Collection[str]) -> AsyncIterator[None]:
        """Compare the hold before and after something is sent; raises PublishError where it is lost.

        What was on its way then may have come after what the other sent: it is to send that once more.
        """
        self.hold.check()
        try:
            yield
        finally:
            if self.hold.is_lost():
                await asyncio.to_thread(note_changes, self.folder, names)
        self.hold.check()

    def keep(self, now: datetime) -> None:
        """Take out of the list what was done."""
        left = [name for name in self.known.names if name not in self.done]
        self.uploads.left = len(left)
        head = self.known.head
        head = replace(
            head,
            has_variants=head.has_variants or self.has_variants,
            done_at=head.done_at if left else now.isoformat(),
        )
        keep_changes(self.folder, head, left, read_bytes=self.known.length_bytes)


def _read_all(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    found = ((name, read_published(folder, name)) for name in names)
    return {name: body for name, body in found if body is not None}
