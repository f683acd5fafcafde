"""Whether no service can be reached: then our own network is at fault, and no publisher.

What fails below HTTP looks the same from here, whoever is at fault: a name server that does not answer, or
knows no name any more, a proxy or firewall that refuses everything, TLS that fails everywhere as the clock is
wrong or somebody wants a log-in first. So the fault is ours where most services fail *alike* that were well
before: ``MANY`` at least, asked since any other answered, or where others did, ``PER_ANSWER`` for each of
these. The first of them wait a moment to see how the others fare.

well    it went well when it was asked last, or answered a while ago: it is evidence
new     never asked before: evidence where it is ``silent``, or the proxy cannot be used; all other kinds look
        like answers, and its address may be wrong
else    it failed before, or nothing is known, as of a picture's host: no evidence

Where a network wants a log-in first, services answer all the same, but with one page in place of their own,
or by leading to one host (``portal``): then only an answer over TLS proves the network, or a feed. New ones
are evidence of that as long as nobody proves it: at a first start nothing else is there.

Services of this machine and its neighbours (``localhost``, private addresses) prove nothing, neither way. An
outage ends with an answer of a service that had failed, or with enough of others. Until then few sources are
asked, and nobody is blamed. What was counted against sources before it was known is told when it is over
(``PastOutage``), so that it can be taken back.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeVar

from aggregator.errors import Trouble
from aggregator.urls.literals import is_literal, read_literal
from aggregator.urls.services import service_of

MANY = 3
PER_ANSWER = 9
PROBES = 4
"""Sources under way at a time while nobody is reached."""
PATIENCE_S = 1.0
REMEMBERED_S = 7_200.0
KEPT = 64
"""Services that are remembered: those that failed, and those that answered."""
LEAST_PAUSE_S, MOST_PAUSE_S = 5.0, 15.0
REST_S = 600.0
"""For how long a service is not asked in an outage that was not well before it: it would tell nothing."""
SURE: Collection[Trouble] = frozenset({"silent", "proxy"})
ADVICE: Mapping[Trouble, str] = {
    "silent": "check this machine's network and its DNS",
    "no_name": "check this machine's DNS: it knows no name",
    "refused": "check this machine's network: a firewall or proxy may refuse everything",
    "tls": "check this machine's clock, and whether its network wants a log-in first",
    "lost": "check this machine's network: all connections are lost",
    "slow": "check this machine's network: nothing comes through",
    "proxy": "see fetch.proxy",
    "portal": "log in to this machine's network, which shows a page of its own in place of all others",
}
Standing = Literal["well", "new", "ill"]
"""How a source stood before it was asked."""
_NEIGHBOURS = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
_LOOK_EVERY_S = 0.05
Noted = TypeVar("Noted")


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedService:
    """How a service failed that was asked at this time; ``is_evidence``: it was well before.

    ``mark`` tells what came in place of its own answer, from one that may be new (``is_new``).
    """

    asked_at_s: float
    trouble: Trouble
    is_evidence: bool
    mark: str = ""
    is_new: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredService:
    """When a service answered: over TLS, found by a name, and as nobody else can (``is_own``)."""

    at_s: float
    has_tls: bool
    has_name: bool
    is_own: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownOutage:
    """An outage: of which kind, and since when it is known, and when the first that failed so was asked."""

    trouble: Trouble
    known_at_s: float
    since_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class PastOutage:
    """An outage that is over, and the services that failed in it, for some of whom it was counted."""

    outage: KnownOutage
    ended_at_s: float
    services: tuple[str, ...]


class Outage:
    """What requests under way learn of the network; for one event loop.

    The first that fail wait ``patience_s`` to see how others fare.
    """

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self.known: KnownOutage | None = None
        self.past: list[PastOutage] = []
        self._failed: OrderedDict[str, FailedService] = OrderedDict()
        self._answered: OrderedDict[str, AnsweredService] = OrderedDict()

    @property
    def pause_s(self) -> float:
        """Return for how long nothing is to be fetched now."""
        now_s = asyncio.get_running_loop().time()
        return choose_pause_s(now_s - (self.known.known_at_s if self.known else now_s))

    def rest_of(self, service: str) -> float:
        """Return for how long a service that failed is not to be asked, so that others are."""
        failed = self._failed.get(service)
        return 2 * self.pause_s if failed and (failed.is_evidence or failed.is_new) else REST_S

    def note_answer(self, host: str, *, has_tls: bool = True, is_own: bool = True) -> bool:
        """Note that a host has answered; tell whether an outage ended with that.

        ``is_own``: it is known to be its own answer, as one over TLS is to which no other led.
        """
        if is_neighbour(host):
            return False
        service, now_s = service_of(host), asyncio.get_running_loop().time()
        answer = AnsweredService(at_s=now_s, has_tls=has_tls, has_name=not is_literal(host), is_own=is_own)
        _put(self._answered, service, answer)
        had_failed = service in self._failed
        evidence = sum(one.is_evidence for one in self._failed.values())
        if self.known is None:
            self._failed.pop(service, None)
            return False
        others = sum(
            one.at_s > self.known.known_at_s and disproves(one, self.known.trouble)
            for one in self._answered.values()
        )
        is_over = had_failed or PER_ANSWER * others > evidence
        if not is_over or not disproves(answer, self.known.trouble):
            return False
        self.past.append(PastOutage(outage=self.known, ended_at_s=now_s, services=tuple(self._failed)))
        self._failed.clear()
        self.known = None
        return True

    async def is_ours(
        self,
        host: str,
        trouble: Trouble | None,
        *,
        asked_at_s: float,
        standing: Standing | None = None,
        mark: str = "",
    ) -> bool:
        """Tell whether it is our network's fault how a host, asked at that time, has failed.

        Those that failed alike have the same ``mark``.
        """
        if trouble is None or is_neighbour(host):
            return False
        self._note_failure(service_of(host), trouble, asked_at_s, standing, mark)
        loop = asyncio.get_running_loop()
        until_s = loop.time() + self._patience_s
        while self.known is None and loop.time() < until_s and not self._is_disproved(trouble, asked_at_s):
            await asyncio.sleep(_LOOK_EVERY_S)
        if self.known is None:
            alike = [one for one in self._failed.values() if one.mark == mark]
            since_s = find_outage(alike, self._answered.values(), trouble, loop.time())
            if since_s is not None:
                self.known = KnownOutage(trouble=trouble, known_at_s=loop.time(), since_s=since_s)
        return self.known is not None

    def _note_failure(
        self, service: str, trouble: Trouble, asked_at_s: float, standing: Standing | None, mark: str
    ) -> None:
        before = self._failed.get(service)
        is_evidence = (
            standing == "well"
            or (service in self._answered and trouble != "portal")  # which is the answer that it noted
            or (before is not None and before.is_evidence)
            or (standing == "new" and trouble in SURE)
        )
        is_new = trouble == "portal" and standing == "new" and not is_evidence
        failed = FailedService(
            asked_at_s=asked_at_s, trouble=trouble, is_evidence=is_evidence, mark=mark, is_new=is_new
        )
        _put(self._failed, service, failed)

    def _is_disproved(self, trouble: Trouble, asked_at_s: float) -> bool:
        newest = next(reversed(self._answered.values()), None)
        return newest is not None and newest.at_s >= asked_at_s and disproves(newest, trouble)


def find_outage(
    failed: Collection[FailedService], answered: Collection[AnsweredService], trouble: Trouble, now_s: float
) -> float | None:
    """Return since when most services fail alike, None where that is not so."""
    answers = [one.at_s for one in answered if disproves(one, trouble)]
    alike = sorted(
        one.asked_at_s
        for one in failed
        if one.trouble == trouble
        and (one.is_evidence or (one.is_new and not answers))
        and now_s - one.asked_at_s < REMEMBERED_S
    )
    for number, asked_at_s in enumerate(reversed(alike), 1):
        if number >= MANY and number >= PER_ANSWER * sum(at_s >= asked_at_s for at_s in answers):
            since_s = max(answers, default=float("-inf"))
            return min([asked_at_s, *(at_s for at_s in alike if at_s > since_s)])
    return None


def disproves(answer: AnsweredService, trouble: Trouble) -> bool:
    """Tell whether an answer is one that a network in this trouble would not let through."""
    proofs = {"tls": answer.has_tls, "no_name": answer.has_name, "portal": answer.is_own}
    return proofs.get(trouble, True)


def choose_pause_s(lasted_s: float) -> float:
    """Return for how many seconds nobody is asked in an outage that has lasted so long: a fourth of that."""
    return min(max(lasted_s / 4, LEAST_PAUSE_S), MOST_PAUSE_S)


@lru_cache(maxsize=4_096)
def is_neighbour(host: str) -> bool:
    """Tell whether a host is, by its name, this machine or near it: it may answer without a network."""
    name = host.lower().rstrip(".")
    literal = read_literal(name)
    if literal is not None:
        return not literal.is_global
    return "." not in name or name.endswith(_NEIGHBOURS)


def _put(kept: OrderedDict[str, Noted], service: str, value: Noted) -> None:
    kept[service] = value
    kept.move_to_end(service)
    if len(kept) > KEPT:
        kept.popitem(last=False)
