"""Moments as operators write them: a date, a time of day and a time zone."""

import re
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator

from aggregator.config.checks.problems import show
from aggregator.config.keys.fields import Allowed, refuse

ALLOWED = "a time with its zone, such as 2026-12-01T09:00:00+01:00 or 2026-12-01 09:00 Europe/Vienna"
_NAMED_ZONE = re.compile(
    r"(?P<time>\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?)\s+(?P<zone>[A-Za-z][\w+/-]*)"
)


def parse_moment(text: str) -> datetime:
    """Return the time that ``text`` says, in UTC.

    It holds an offset (ISO 8601) or the name of a zone (IANA). Raises ValueError, which says what is wrong.
    """
    named = _NAMED_ZONE.fullmatch(text.strip())
    try:
        if named:
            moment = datetime.fromisoformat(named["time"]).replace(tzinfo=ZoneInfo(named["zone"]))
        else:
            moment = datetime.fromisoformat(text.strip())
        return _convert(moment, text)
    except ZoneInfoNotFoundError:
        raise ValueError(f"{show(text)} names no time zone that is known") from None
    except (ValueError, OverflowError) as error:
        is_ours = str(error).startswith(show(text))
        raise ValueError(str(error) if is_ours else f"{show(text)} is no time") from None


def _convert(moment: datetime, text: object) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{show(text)} has no time zone")
    return moment.astimezone(UTC)


def _read_moment(value: object) -> datetime:
    try:
        if isinstance(value, datetime):
            return _convert(value, value)
        if isinstance(value, str):
            return parse_moment(value)
    except (ValueError, OverflowError) as error:
        raise refuse(str(error)) from None
    raise refuse("is empty" if value is None else f"{show(value)} is no time with its zone")


Moment = Annotated[datetime, BeforeValidator(_read_moment), Allowed(ALLOWED)]
