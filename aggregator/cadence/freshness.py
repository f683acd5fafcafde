"""How long an answer says that it stays fresh (RFC 9111); pure."""

import re
from collections.abc import Mapping
from datetime import timedelta

from aggregator.http_dates import parse_http_date

LONGEST = timedelta(days=366)
_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,10})"?\s*(?=,|$)', re.IGNORECASE | re.ASCII)
_UNCACHED = re.compile(r"(?:^|,)\s*no-(?:store|cache)\s*(?=,|$)", re.IGNORECASE)
_SECONDS = re.compile(r"\s*(\d{1,9})\s*", re.ASCII)


def find_freshness(headers: Mapping[str, str]) -> timedelta | None:
    """Return for how long from now an answer is fresh; None where it does not say, or is stale already.

    ``headers`` are by lower-case name. ``max-age`` counts before ``Expires`` (section 4.2.1), and
    ``Age`` is taken off it (section 4.2.3); ``s-maxage`` is for shared caches, which we are not.
    """
    control = headers.get("cache-control", "")
    if _UNCACHED.search(control):
        return None
    stated = _MAX_AGE.search(control)
    if stated:
        return _bound_freshness(timedelta(seconds=int(stated[1]) - _age_of(headers)))
    sent_at, expires_at = parse_http_date(headers.get("date")), parse_http_date(headers.get("expires"))
    # Without our own clock: what counts is the server's own difference of the two.
    return None if sent_at is None or expires_at is None else _bound_freshness(expires_at - sent_at)


def has_freshness(headers: Mapping[str, str]) -> bool:
    """Tell whether an answer says anything about its freshness; a 304 need not repeat it (section 4.3.4)."""
    return "cache-control" in headers or "expires" in headers


def _age_of(headers: Mapping[str, str]) -> int:
    found = _SECONDS.fullmatch(headers.get("age", ""))
    return int(found[1]) if found else 0


def _bound_freshness(fresh: timedelta) -> timedelta | None:
    return min(fresh, LONGEST) if fresh > timedelta(0) else None
