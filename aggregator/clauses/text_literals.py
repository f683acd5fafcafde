"""The texts in quotes of a clause, as they are written: what only that tells, and not what became of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.clauses.problems import ClauseProblem

_TOKEN = re.compile(
    r"""//[^\n]*|(?P<prefix>(?<![\w])[bBrR]{0,2})(?P<quotes>\"{3}|'{3}|"|')""",
)
_ESCAPE = re.compile(
    r"\\(?:[abfnrtv\\?\"'`]|x[0-9a-fA-F]{2}|X[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})"
)


@dataclass(frozen=True, slots=True)
class TextLiteral:
    """A text in quotes, which begins at the character ``offset``; ``body`` begins at ``start``."""

    offset: int
    start: int
    body: str
    is_raw: bool


def list_literals(clause: str) -> Iterator[TextLiteral]:
    """Yield the texts in quotes, in their order; one whose end is missing goes on to that of the clause."""
    at = 0
    while found := _TOKEN.search(clause, at):
        quotes = found["quotes"]
        if not quotes:  # a remark
            at = found.end()
            continue
        is_raw = "r" in found["prefix"].lower()
        end = _find_end(clause, found.end(), quotes, is_raw=is_raw)
        yield TextLiteral(found.start(), found.end(), clause[found.end() : end], is_raw)
        at = end + len(quotes)


def find_unknown_escapes(clause: str) -> tuple[ClauseProblem, ...]:
    """Return the backslashes that CEL knows no meaning of, each sign after them once in a text."""
    found = []
    for literal in list_literals(clause):
        told: set[str] = set()
        at = 0
        while not literal.is_raw and (at := literal.body.find("\\", at)) >= 0:
            known = _ESCAPE.match(literal.body, at)
            sign = literal.body[at + 1 : at + 2]
            if known is None and sign not in told:
                told.add(sign)
                what = f"\\{sign} means nothing in CEL: write \\\\{sign}, or r before the quotes"
                found.append(ClauseProblem(literal.start + at, what))
            at = known.end() if known else at + 2
    return tuple(found)


def _find_end(clause: str, at: int, quotes: str, *, is_raw: bool) -> int:
    while at < len(clause) and not clause.startswith(quotes, at):
        at += 2 if clause[at] == "\\" and not is_raw else 1
    return min(at, len(clause))
