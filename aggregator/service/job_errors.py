"""What keeps a job of the service from its work: told in one line, and not again with every try."""

import time

import structlog

from aggregator.errors import AggregatorError
from aggregator.machine.shortage import shortage_of

AGAIN_AFTER_S = 60.0
log = structlog.get_logger()


class JobErrors:
    """The last error of each job, and when it was told."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[str, float]] = {}

    def tell(self, job: str, error: Exception) -> None:
        """Write an error to the log, unless it is the job's last one and was told within the last minute.

        What this machine lacks is one line, as our own errors are; any other has a traceback.
        """
        said = str(error) if isinstance(error, AggregatorError) else shortage_of(error)
        before, at_s = self._told.get(job, ("", 0.0))
        known_as, now_s = said or repr(error), time.monotonic()
        if known_as == before and now_s - at_s < AGAIN_AFTER_S:
            return
        self._told[job] = known_as, now_s
        if said is None:
            log.error("job", job=job, exc_info=error)
        else:
            log.error(job, error=said)
