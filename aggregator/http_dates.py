"""Times and waits as HTTP writes them. Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RETRY_AFTER_CAP = timedelta(days=7)
"""The longest Retry-After that is obeyed where nothing else is set."""


def parse_http_date(text: str | None) -> datetime | None:
    """Return the time that an HTTP date names (RFC 9110 section 5.6.7), None where it is none."""
    try:
        named = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return named.replace(tzinfo=UTC) if named.tzinfo is None else named


def parse_retry_after(value: str | None, *, now: datetime, cap: timedelta) -> timedelta | None:
    """Return the wait that a Retry-After field asks for (RFC 9110 section 10.2.3), None if unreadable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), cap)
    until = parse_http_date(text)
    return None if until is None else min(max(until - now, timedelta(0)), cap)
