"""By how much this machine's clock is behind those of the services that answer, by the ``Date`` they state.

One service may be wrong, or answer from a cache: what counts is the middle of the last ones, each once.
"""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median_low

from aggregator.fetch.outage import is_neighbour
from aggregator.model import Fetched
from aggregator.urls import host_of
from aggregator.urls.services import service_of

KEPT = 9
"""Services that are remembered: a clock that was set is believed once five have answered."""
MANY = 3
"""So many are enough to say that the clock is behind; dates are read by fewer."""
LEAST = timedelta(minutes=10)
"""What is less does no harm."""
MOST = timedelta(days=400)
"""Servers whose own clocks are out of order say more."""
NONE = timedelta(0)


class ClockLag:
    """What answers say of the time."""

    def __init__(self) -> None:
        self._lags: OrderedDict[str, timedelta] = OrderedDict()

    def note(self, service: str, stated: str | None, age: str | None, now: datetime) -> None:
        """Note the ``Date`` of an answer, which may have been kept for ``Age`` seconds by a cache."""
        at = _read_date(stated)
        if at is None:
            return
        kept_s = int(age) if age and age.isdecimal() and len(age) < 8 else 0
        self._lags[service] = at + timedelta(seconds=kept_s) - now
        self._lags.move_to_end(service)
        if len(self._lags) > KEPT:
            self._lags.popitem(last=False)

    def find(self, *, least_services: int = 1) -> timedelta:
        """Return by how much the clock is behind, zero where it is not or fewer services have said so."""
        if len(self._lags) < least_services or not self._lags:
            return NONE
        lag = median_low(self._lags.values())
        return lag if LEAST <= lag <= MOST else NONE


def note_date(lag: ClockLag, fetched: Fetched, now: datetime) -> None:
    """Note what an answer says of the time; neighbours may have our clock."""
    host, headers = host_of(fetched.final_url), fetched.headers
    if not is_neighbour(host):
        lag.note(service_of(host), headers.get("date"), headers.get("age"), now)


def _read_date(stated: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(stated) if stated else None
    except (ValueError, OverflowError):
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo else None
