"""What clients of the built-in server may take of it."""

from dataclasses import dataclass

_MAX_CONNECTIONS = 500
_MIN_CONNECTIONS = 16
_PER_CONNECTION = 2
"""Descriptors: the socket, and the large file that is sent on it."""
_OTHERS = 200
"""Descriptors that the store, its threads, logs, pictures and name look-ups may need at a time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientLimits:
    """Bounds on connections, and the seconds that a client has for each step.

    ``per_address`` counts for public addresses only: proxies stand at private ones, with everybody
    behind them.
    """

    connections: int = _MAX_CONNECTIONS
    per_address: int = _MAX_CONNECTIONS // 4
    head_s: float = 10
    body_s: float = 40
    stall_s: float = 30
    linger_s: float = 5


def choose_limits(descriptors: int, *, exchanges: int = 0) -> ClientLimits:
    """Return limits that leave descriptors for everything else, ``exchanges`` with publishers among it."""
    left = (descriptors - _OTHERS - exchanges) // _PER_CONNECTION
    connections = max(_MIN_CONNECTIONS, min(_MAX_CONNECTIONS, left))
    return ClientLimits(connections=connections, per_address=max(_MIN_CONNECTIONS // 2, connections // 4))
