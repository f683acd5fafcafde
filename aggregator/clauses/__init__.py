"""Clauses of editors' rules, in CEL (https://cel.dev): compiled, with what is wrong, and evaluated.

The only home of the engine. Pure.
"""

from aggregator.clauses.clause import Clause, Key, Outcome, Values, check_clause, compile_clause
from aggregator.clauses.contradictions import find_contradictions
from aggregator.clauses.doubts import KnownByField, KnownTexts, find_doubts
from aggregator.clauses.fields import FIELDS
from aggregator.clauses.letter_case import ignore_case, lower_values, spell_in_any_case
from aggregator.clauses.problems import ClauseProblem

__all__ = [
    "FIELDS",
    "Clause",
    "ClauseProblem",
    "Key",
    "KnownByField",
    "KnownTexts",
    "Outcome",
    "Values",
    "check_clause",
    "compile_clause",
    "find_contradictions",
    "find_doubts",
    "ignore_case",
    "lower_values",
    "spell_in_any_case",
]
