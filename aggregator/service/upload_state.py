"""How uploading the published tree stands."""

from dataclasses import dataclass

from aggregator.target import ObjectStore

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 60.0


@dataclass(kw_only=True, slots=True)
class UploadState:
    """What the last rounds left, in seconds of ``time.monotonic``.

    ``behind_since_s`` is when files began to wait, None: none do. After ``failures`` in a row, the last of
    which said ``failure``, it is tried again at ``again_at_s``. ``store`` is where files go, for the target
    ``label``.
    """

    behind_since_s: float | None = None
    failure: str | None = None
    failures: int = 0
    again_at_s: float = float("-inf")
    label: str = ""
    store: ObjectStore | None = None

    def note_failure(self, why: str, now_s: float) -> None:
        """Note why files could not be uploaded: it is tried again after a while, which doubles each time."""
        self.failure, self.failures = why, self.failures + 1
        self.again_at_s = now_s + min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self.failures - 1, 10))

    def note_success(self) -> None:
        """Note that files could be uploaded."""
        self.failure, self.failures, self.again_at_s = None, 0, float("-inf")
