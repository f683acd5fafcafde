"""A clause without regard to case, for those who look for nothing by it."""

import re
from collections.abc import Mapping

from aggregator.clauses.clause import Clause, compile_clause
from aggregator.clauses.syntax_tree import read_tree
from aggregator.clauses.text_literals import list_literals
from aggregator.errors import ClauseError

_SEEKING = frozenset({"matches", "contains"})
"""The calls that find a text anywhere."""
_WORDS = re.compile(r"[\w ]+")
"""What a pattern means as it is written."""


def ignore_case(clause: Clause) -> Clause | None:
    """Return a clause for lower-case values that asks for the same in any case; None where there is none."""
    nodes = read_tree(clause.expression.serialize()).walk()
    patterns = {node.parts[-1].offset for node in nodes if node.is_call and node.name == "matches"}
    text = clause.text
    for literal in reversed(list(list_literals(text))):
        end = literal.start + len(literal.body)
        if literal.offset in patterns:
            body = f"(?i){literal.body}"
        else:  # an escape means another sign, or none, in lower case
            body = literal.body if "\\" in literal.body else literal.body.lower()
        text = f"{text[: literal.start]}{body}{text[end:]}"
    try:
        return compile_clause(text) if text != clause.text else None
    except ClauseError:
        return None


def spell_in_any_case(clause: Clause) -> str:
    """Return the call that finds what a clause looks for in any case, as an editor writes it.

    It has the clause's own words where these are one text that it looks for, else a place for them.
    """
    nodes = [*read_tree(clause.expression.serialize()).walk()]
    sought = {node.parts[-1].offset for node in nodes if node.is_call and node.name in _SEEKING}
    literals = list(list_literals(clause.text))
    words = [one.body for one in literals if one.offset in sought and _WORDS.fullmatch(one.body)]
    own = words[0] if len(words) == len(literals) == 1 else "…"
    return f'matches("(?i){own}")'


def lower_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values of fields in lower case."""
    return {name: _lower(value) for name, value in values.items()}


def _lower(value: object) -> object:
    if isinstance(value, str):
        return value.lower()
    return tuple(map(_lower, value)) if isinstance(value, list | tuple) else value
