"""By how much this machine's clock differs from those of services that answer, by the ``Date`` they state.

One service may be wrong, or answer from a cache: what counts is the middle of the last ones, each once.
Caches that do not tell for how long they kept an answer make a clock seem to be ahead, each by another time:
it is where most services agree.
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
"""So many have to agree before the clock counts as wrong; dates are read by fewer."""
ALIKE = timedelta(minutes=2)
"""How far those who agree are from each other's middle."""
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

    def find(self) -> timedelta:
        """Return by how much the clock seems to be behind, zero where it does not."""
        lag = median_low(self._lags.values()) if self._lags else NONE
        return lag if LEAST <= lag <= MOST else NONE

    def find_agreed(self) -> timedelta:
        """Return by how much it is behind as most services say, less than zero where it is ahead."""
        lag = median_low(self._lags.values()) if self._lags else NONE
        alike = sum(abs(one - lag) <= ALIKE for one in self._lags.values())
        is_agreed = alike >= MANY and 2 * alike > len(self._lags)
        return lag if is_agreed and LEAST <= abs(lag) <= MOST else NONE

    def is_known(self) -> bool:
        """Tell whether so many services have said what time it is that they could agree."""
        return len(self._lags) >= MANY

    def shift(self, by: timedelta) -> None:
        """Take it that the clock shows so much more from now on."""
        for service in self._lags:
            self._lags[service] -= by

    def forget(self) -> None:
        """Forget what was said of the clock before it was set."""
        self._lags.clear()


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
