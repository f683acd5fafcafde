"""What a robots.txt states about reuse, beside who may fetch what: usage preferences and licences. Pure.

``Content-Usage`` stands in the groups of robots (IETF draft-ietf-aipref-attach), with a path or without;
``License`` holds for the whole site (RSL 1.0 section 4.4).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from aggregator.text import clean_text
from aggregator.urls import absolute_url
from aggregator.urls.path_patterns import matches_path, path_of

MAX_STATEMENTS = 50
"""Rules and licences of a file that are kept."""
MAX_CHARS = 500
"""Characters of one that is kept; longer ones are left out."""
_USAGE = re.compile(r"(?:(/\S*)\s+)?(\S.*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class RobotsStatements:
    """What a robots.txt states: usage preferences by patterns of paths, addresses of licences."""

    usage: tuple[tuple[str, str], ...] = ()
    licenses: tuple[str, ...] = ()

    def find(self, url: str) -> tuple[tuple[str, str], ...]:
        """Return what is stated of an address, as pairs of where and what; the longest pattern counts.

        What is stated for one pattern twice holds together.
        """
        path = path_of(url)
        found = [(pattern, said) for pattern, said in self.usage if matches_path(pattern, path)]
        longest = max((len(pattern) for pattern, _ in found), default=0)
        usage = (said for pattern, said in found if len(pattern) == longest)
        stated = [("robots.txt content-usage", said) for said in usage]
        return (*stated, *(("robots.txt license", address) for address in self.licenses))


NO_STATEMENTS = RobotsStatements()


@dataclass(slots=True)
class _Group:
    robots: list[str] = field(default_factory=list)
    usage: list[tuple[str, str]] = field(default_factory=list)
    has_rules: bool = False


def read_robots_statements(text: str, *, robot: str) -> RobotsStatements:
    """Return what a robots.txt states of all its paths; its groups for ``robot``, else those for all."""
    groups, licenses = [_Group()], list[str]()
    for name, value in _read_lines(text):
        match name:
            case "license":
                licenses.extend(filter(None, [absolute_url("", value)]))
            case "user-agent":
                if groups[-1].has_rules:
                    groups.append(_Group())
                groups[-1].robots.append(value.lower())
            case "content-usage":
                found = _USAGE.fullmatch(value)
                groups[-1].usage.extend([(found[1] or "/", found[2])] if found else [])
        groups[-1].has_rules |= name in ("allow", "disallow", "content-usage")
    named = [group for group in groups if robot.lower() in group.robots]
    usage = [one for group in named or groups if named or "*" in group.robots for one in group.usage]
    kept = tuple(dict.fromkeys(licenses))
    return RobotsStatements(usage=tuple(usage[:MAX_STATEMENTS]), licenses=kept[:MAX_STATEMENTS])


def _read_lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        value = clean_text(value)
        if colon and value and len(value) <= MAX_CHARS:
            yield name.strip().lower(), value
