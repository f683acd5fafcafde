"""Times as people read them."""

from datetime import datetime

_SPANS = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"))


def format_seconds(seconds: float) -> str:
    """Return a span in the largest unit of which there are two, as in ``90 min``."""
    for length, unit in _SPANS:
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def format_ago(at: datetime | None, now: datetime) -> str:
    """Return how long ago a time was, or how far off it is; "never" for None."""
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    if abs(seconds) < 1:
        return "now"
    return f"{format_seconds(seconds)} ago" if seconds > 0 else f"in {format_seconds(-seconds)}"
