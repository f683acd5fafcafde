"""The keys of a topic's limits that are hours and time zones, as operators write them."""

import re
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator

from aggregator.config.checks.problems import show
from aggregator.config.keys.fields import Allowed, refuse

LIMIT_KEYS = frozenset({"max_per_provider", "max_in_a_row", "delay_min", "quiet_hours", "time_zone"})
"""The keys of a topic that its record has as its limits."""
UTC = ZoneInfo("UTC")
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4]):([0-5]\d)")


def _read_hours(value: object) -> tuple[time, time]:
    """Return when quiet hours begin and end; 24:00 is the midnight at the end of a day."""
    found = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or (found[3] == "24" and found[4] != "00"):
        raise refuse("is empty" if value is None else f"{show(value)} is no span of hours")
    begins = time(int(found[1]), int(found[2]))
    ends = time(int(found[3]) % 24, int(found[4]))
    if begins == ends:
        raise refuse(f"{show(value)} begins and ends at once")
    return begins, ends


def _read_zone(value: object) -> ZoneInfo:
    try:
        if isinstance(value, str):
            return ZoneInfo(value.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise refuse("is empty" if value is None else f"{show(value)} names no time zone that is known")


QuietTimes = Annotated[
    tuple[time, time], BeforeValidator(_read_hours), Allowed('hours such as "22:00-07:00", quoted')
]
TimeZone = Annotated[
    ZoneInfo, BeforeValidator(_read_zone), Allowed("the name of a time zone such as Europe/Vienna")
]
