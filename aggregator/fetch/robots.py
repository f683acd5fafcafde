"""What a robots.txt says (RFC 9309), and who else has read it."""

from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from protego import Protego

from aggregator.fetch.robots_statements import NO_STATEMENTS, RobotsStatements, read_robots_statements
from aggregator.model.robots_files import RobotsFile
from aggregator.urls import absolute_url

MAX_SITEMAPS = 200
"""Sitemaps of a robots.txt that are kept."""


class RobotsMemory(Protocol):
    """Where those who ask the same sites one after another keep what they read."""

    async def find(self, origin: str) -> RobotsFile | None:
        """Return what was read of a site and still counts; None: it is to be read."""

    async def keep(self, origin: str, text: str | None) -> None:
        """Keep what was read of a site now; None: it could not be had."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Robots:
    """What a robots.txt says until ``until_s``; ``rules`` None: it could not be had."""

    rules: Protego | None
    statements: RobotsStatements = NO_STATEMENTS
    sitemaps: tuple[str, ...] = ()
    until_s: float


def parse_robots(text: str | None, *, origin: str, robot: str, until_s: float) -> Robots:
    """Return what the robots.txt of ``origin`` says to ``robot``."""
    if text is None:
        return Robots(rules=None, until_s=until_s)
    rules = Protego.parse(text)
    sitemaps = (absolute_url(origin, one) for one in islice(rules.sitemaps, MAX_SITEMAPS))
    return Robots(
        rules=rules,
        statements=read_robots_statements(text, robot=robot),
        sitemaps=tuple(dict.fromkeys(one for one in sitemaps if one)),
        until_s=until_s,
    )
