"""Times as people write them on a command line."""

import re
from datetime import UTC, datetime, timedelta

ALLOWED = "2026-11-20, 2026-11-20T06:00, today, yesterday, monday, 12h, 3d, 2w or 3 days ago"

_BACK = re.compile(r"(\d{1,4}) ?(m(?:in(?:ute)?s?)?|h(?:ours?)?|d(?:ays?)?|w(?:eeks?)?)(?: ago)?", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_time(text: str, now: datetime) -> datetime:
    """Return the time that ``text`` names, in UTC unless it says otherwise; raises ValueError.

    A day is its begin; a weekday is the last one that has begun.
    """
    words = " ".join(text.lower().split())
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"today": 0, "yesterday": 1, **{day: (now.weekday() - n) % 7 for n, day in enumerate(_WEEKDAYS)}}
    if words == "now":
        return now
    if words in days:
        return today - timedelta(days=days[words])
    back = _BACK.fullmatch(words)
    if back:
        return now - timedelta(**{_UNITS[back[2][0]]: int(back[1])})
    at = datetime.fromisoformat(text.strip())
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
