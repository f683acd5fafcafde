"""What a decision is called, and when it ends, from what an editor writes."""

import re
import secrets
from datetime import datetime, timedelta

from aggregator.config.keys.moments import ALLOWED, parse_moment
from aggregator.errors import AggregatorError

_SPAN = re.compile(r"(\d{1,4}) ?(h|d|w)", re.ASCII)
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def name_decision(now: datetime) -> str:
    """Return an id for a decision of now."""
    return f"{now:%Y-%m-%d}-{secrets.token_hex(3)}"


def read_until(text: str | None, now: datetime, *, called: str) -> str | None:
    """Return when a decision ends as it stands in the file; raises AggregatorError where that is no time.

    It is ``called`` so where it was written, None: it never ends. A day is its begin, in UTC.
    """
    span = _SPAN.fullmatch(text.strip()) if text else None
    if text and text.strip().lower() == "tomorrow":
        return (now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)).isoformat()
    if text and span is None:
        _check_moment(text, called)
    if span is None:
        return text
    return (now.replace(microsecond=0) + timedelta(**{_UNITS[span[2]]: int(span[1])})).isoformat()


def _check_moment(text: str, called: str) -> None:
    try:
        parse_moment(text)
    except ValueError as error:
        raise AggregatorError(f"{called}: {error}, allowed: 12h, 3d, 2w, tomorrow, or {ALLOWED}") from None
