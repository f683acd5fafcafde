"""The errors of the service's jobs: each is logged, and not again with every try."""

import time

import structlog

from aggregator.errors import AggregatorError, StoreError
from aggregator.machine.shortage import describe_shortage

AGAIN_AFTER_S = 60.0
log = structlog.get_logger()


class JobErrors:
    """The last error of each job, and when it was logged."""

    def __init__(self) -> None:
        self._logged: dict[str, tuple[str, float]] = {}

    def log_error(self, job: str, error: Exception) -> None:
        """Log an error, unless it is the job's last one and was logged within the last minute.

        What the store says to all jobs is logged as the error of the first one. An error of ours, or of this
        machine's resources, is one line; any other has a traceback.
        """
        message = str(error) if isinstance(error, AggregatorError) else describe_shortage(error)
        known_as, now_s = message or repr(error), time.monotonic()
        told = self._logged.values() if isinstance(error, StoreError) else (self._logged.get(job, ("", 0.0)),)
        if any(before == known_as and now_s - at_s < AGAIN_AFTER_S for before, at_s in told):
            return
        self._logged[job] = known_as, now_s
        if message is None:
            log.error("job", job=job, exc_info=error)
        else:
            log.error(job, error=message)
