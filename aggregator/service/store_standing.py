"""Whether the store answers: noted by what asks it again and again, told by both health addresses."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from aggregator.errors import StoreError, StoreLocked, WorkerReplaced
from aggregator.store import Store, read_note

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class StoreStanding:
    """``failing_since_s`` is since when the store does not answer, by ``time.monotonic``; None: it does.

    ``on_back`` is called when it answers again.
    """

    store: Store
    on_back: Callable[[], None] = lambda: None
    failing_since_s: float | None = None

    def ask(self) -> None:
        """Ask the store something that costs nothing, and note what comes of it; raises StoreError."""
        try:
            read_note(self.store, "")
        except StoreError as error:
            self.note_failure(error)
            raise
        self.note_answer()

    def note_failure(self, error: StoreError) -> None:
        """Note that the store did not answer, which whoever asked logs; one that others write to does."""
        if self.failing_since_s is None and not isinstance(error, StoreLocked | WorkerReplaced):
            self.failing_since_s = time.monotonic()

    def note_answer(self) -> None:
        """Note that the store answered; that it does again is logged once."""
        since_s, self.failing_since_s = self.failing_since_s, None
        if since_s is not None:
            log.info("store", standing="well", lasted_s=round(time.monotonic() - since_s))
            self.on_back()

    def find_problem(self) -> str | None:
        """Return what ``/healthz`` and ``/readyz`` say, None where it answers; why is not for anybody."""
        since_s = self.failing_since_s
        if since_s is None:
            return None
        return (
            f"the store cannot be reached or read since {time.monotonic() - since_s:.0f} s: "
            "the log says why; all goes on once it answers"
        )
