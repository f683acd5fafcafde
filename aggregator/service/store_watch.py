"""Whether the database is still the file that was opened: somebody may remove or replace it meanwhile."""

from dataclasses import dataclass
from pathlib import Path

import structlog

log = structlog.get_logger()

FileId = tuple[int, int]


@dataclass(kw_only=True, slots=True)
class StoreWatch:
    """Knows which ``file`` stood there when it first checked; None where the store is no file.

    SQLite goes on with a file that has no name any more: all works, and is lost when the service stops.
    """

    file: Path | None
    seen: FileId | None = None
    logged: str | None = None

    def find_problem(self) -> str | None:
        """Return what ``/healthz`` says of it, None where all is well; it is logged once."""
        found = self._find()
        if found and found != self.logged:
            log.error("store", problem=found)
        self.logged = found
        return found

    def _find(self) -> str | None:
        if self.file is None:
            return None
        try:
            status = self.file.stat()
        except FileNotFoundError:
            return self._describe_loss("was removed") if self.seen else None
        except OSError:  # unknown whether it is there; whoever needs it reports what is wrong
            return None
        here = (status.st_dev, status.st_ino)
        self.seen = self.seen or here
        return None if here == self.seen else self._describe_loss("was replaced")

    def _describe_loss(self, what: str) -> str:
        return (
            f"{self.file} {what} while the service runs, which stores into the old one until it ends: "
            "stop it, put a backup in its place or begin anew, and start it again"
        )
