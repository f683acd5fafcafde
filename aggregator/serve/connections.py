"""The open connections: how long each may take, and which one has to go where there is no room."""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import IntEnum

from aggregator.serve.limits import ClientLimits
from aggregator.serve.server_events import EventCounts
from aggregator.urls.literals import name_network, read_literal, unwrap_ipv4

_AT_WORK_S = 5.0
"""How long an answer counts as under way before any of it is there."""
_STALLED_S = 1.0
"""How long an answer counts as under way while the client takes none of it."""
_EXTRA = 16
"""Connections over the limit, taken where all others are being answered: they may ask for health only."""
_NEW_S = 0.25
_LONG_S = 60.0
"""After this an answer makes room even if it moves: a trickle would hold a connection for ever."""


class Phase(IntEnum):
    """What a connection is doing, in the order in which connections go where there is no room."""

    IDLE = 0
    LINGER = 1
    """The answer is sent, what the client still sends is thrown away."""
    HEAD = 2
    BODY = 3
    ANSWER = 4


class Slot:
    """One accepted connection: whose it is, what it does since when, and when its answer moved last."""

    __slots__ = ("address", "buffered", "hang_up", "is_extra", "moved_at", "phase", "since", "waiting_bytes")

    def __init__(self, address: str | None, now: float, *, is_extra: bool = False) -> None:
        self.address = address
        self.is_extra = is_extra
        self.phase = Phase.HEAD
        self.since = self.moved_at = now
        self.hang_up: Callable[[], None] | None = None  # until the transport is there
        self.waiting_bytes: Callable[[], int] = lambda: 0
        self.buffered = 0

    def enter(self, phase: Phase, now: float) -> None:
        """Note that something else begins."""
        self.phase = phase
        self.since = self.moved_at = now


class Connections:
    """Every accepted connection, within ``limits``; times are those of the event loop's clock."""

    def __init__(self, limits: ClientLimits, counts: EventCounts) -> None:
        self.limits = limits
        self.counts = counts
        self._slots: set[Slot] = set()
        self._per_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._slots)

    def open(self, host: str, now: float) -> Slot | None:
        """Return a slot for a new connection, None where even closing another makes no room for it."""
        address = limit_address(host)
        if address is not None and self._per_address[address] >= self.limits.per_address:
            own = (slot for slot in self._slots if slot.address == address)
            if not self._close_one(own, now, "made_room"):
                self.counts.count("refused")
                return None
        if not self._fit_in(now):
            self.counts.count("refused")
            return None
        slot = Slot(address, now, is_extra=len(self._slots) >= self.limits.connections)
        self._slots.add(slot)
        if address is not None:
            self._per_address[address] += 1
        return slot

    def _fit_in(self, now: float) -> bool:
        """Make room for one more, or for an extra one; False where there is neither."""
        while len(self._slots) >= self.limits.connections:
            settled = (slot for slot in self._slots if not _is_new_extra(slot, now))
            if not self._close_one(settled, now, "made_room"):
                break
        return len(self._slots) < self.limits.connections + _EXTRA or self.make_room(now)

    def make_room(self, now: float) -> bool:
        """Close the connection that can be spared best; False where all are being answered."""
        return self._close_one(self._slots, now, "made_room")

    def close(self, slot: Slot) -> None:
        """Forget a connection that ended, or one that is about to."""
        if slot not in self._slots:
            return
        self._slots.remove(slot)
        if slot.address is not None:
            self._per_address[slot.address] -= 1
            if not self._per_address[slot.address]:
                del self._per_address[slot.address]

    def sweep(self, now: float) -> None:
        """Close the connections whose time is over."""
        for slot in list(self._slots):
            waiting = slot.waiting_bytes()
            if waiting != slot.buffered:
                slot.buffered, slot.moved_at = waiting, now
            kind = find_overdue(slot, self.limits, now)
            if kind:
                self._hang_up(slot, kind)

    def _close_one(self, slots: Iterable[Slot], now: float, kind: str) -> bool:
        slot = choose_to_close(slots, now)
        if slot is None:
            return False
        self._hang_up(slot, kind)
        return True

    def _hang_up(self, slot: Slot, kind: str) -> None:
        if slot.hang_up is not None:
            self.counts.count(kind)
            slot.hang_up()
            self.close(slot)


def choose_to_close(slots: Iterable[Slot], now: float) -> Slot | None:
    """Return the connection that can be spared best, None where all are being answered, and read.

    Those come first that wait for another request, then the oldest request that is not whole, so
    that whoever sends one quickly is served however many others do not.
    """
    spare = (slot for slot in slots if slot.hang_up and _can_be_spared(slot, now))
    return min(spare, key=lambda slot: (slot.phase, slot.moved_at), default=None)


def _can_be_spared(slot: Slot, now: float) -> bool:
    if slot.waiting_bytes():  # it is the client that the answer waits for, which may be its last piece
        return now - slot.moved_at > _STALLED_S or now - slot.since > _LONG_S
    return slot.phase is not Phase.ANSWER or now - slot.moved_at > _AT_WORK_S


def _is_new_extra(slot: Slot, now: float) -> bool:
    """Tell whether an extra connection had no time yet to say what it wants."""
    return slot.is_extra and slot.phase is Phase.HEAD and now - slot.since < _NEW_S


def find_overdue(slot: Slot, limits: ClientLimits, now: float) -> str | None:
    """Return how the log counts a connection whose time is over, None for any other."""
    if slot.buffered and now - slot.moved_at > limits.stall_s:
        return "stalled_readers"
    allowed = {Phase.HEAD: limits.head_s, Phase.BODY: limits.body_s, Phase.LINGER: limits.linger_s}
    if now - slot.since > allowed.get(slot.phase, float("inf")):
        return "late_requests"
    return None


def limit_address(host: str) -> str | None:
    """Return what connections of one client are counted by, None where they are not.

    Private and loopback addresses are those of proxies, which bring everybody.
    """
    literal = read_literal(host)
    if literal is None or not unwrap_ipv4(literal).is_global:
        return None
    return name_network(literal)
