"""What a robots.txt said when it was read, for whoever asks its site next."""

from dataclasses import dataclass
from datetime import timedelta

ROBOTS_FOR = timedelta(hours=6)
"""For how long it counts; at most a day may pass before it is read again (RFC 9309, section 2.4)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RobotsFile:
    """A robots.txt as it was read ``age`` ago: its ``text``, empty where there is none.

    ``text`` None: it could not be had, which counts as forbidding (section 2.3.1.4).
    """

    text: str | None
    age: timedelta = timedelta(0)
