"""Whether the files that were published are still there: somebody may remove them while the service runs."""

from dataclasses import dataclass
from pathlib import Path

import structlog

from aggregator.publish.files import find_missing_files

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class TreeWatch:
    """Knows the ``files`` that the last publication left in ``folder``, and looks for them.

    While one is under way (``is_publishing``), which writes and removes, what was ``missing`` before counts.
    """

    folder: Path
    files: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    is_publishing: bool = False

    def check(self) -> bool:
        """Tell whether all files are there; what is found missing is logged once."""
        if not self.is_publishing:
            missing = find_missing_files(self.folder, self.files)
            if missing and not self.missing:
                log.warning(
                    "tree", problem="files were removed: they are written again",
                    folder=str(self.folder), missing=len(missing), first=missing[0],
                )  # fmt: skip
            self.missing = missing
        return not self.missing

    def find_problem(self) -> str | None:
        """Return what ``/healthz`` says of it, None where all files are there."""
        if self.check():
            return None
        number, first = len(self.missing), self.folder / self.missing[0]
        return f"published files are missing ({number}), as {first}: they are written again within a minute"
