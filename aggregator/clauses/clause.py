"""One clause: compiled with all that is wrong with it, evaluated without ever raising."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from aggregator.clauses.fields import FIELDS
from aggregator.clauses.patterns import escape_pattern, find_pattern_problem
from aggregator.clauses.problems import ClauseProblem, name_kind, read_problems
from aggregator.clauses.syntax_tree import Node, read_tree
from aggregator.clauses.text_literals import find_unknown_escapes
from aggregator.errors import ClauseError

if TYPE_CHECKING:
    from cel_expr_python import cel

AGE = "age_h"
_COMPARISONS = frozenset({"_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_"})
_CONTAINER = "article"
"""What ``type`` is a name of, which CEL has a function for."""
_MISSING = "clauses need a library that is not installed: pip install 'aggregator[rules]'"
_KEPT = 10_000
"""Compiled clauses that are remembered: checking a configuration compiles what its use needs again."""


@dataclass(frozen=True, slots=True)
class Key:
    """What must be true of an article's ``field`` where a clause holds: it is, or matches, a ``text``."""

    kind: Literal["equals", "matches"]
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of evaluating a clause; ``error`` says why it could not be, and then it does not hold."""

    holds: bool
    error: str | None = None


_HOLDS, _FAILS = Outcome(holds=True), Outcome(holds=False)


class Values:
    """What an article has at each field, in the form that clauses are evaluated on."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> object:
        return self._values[name]

    def change(self, values: Mapping[str, object]) -> "Values":
        """Return values of which some are others."""
        return Values({**self._values, **values})

    @cached_property
    def activation(self) -> "cel.Activation":
        """What the engine takes; texts hold what is UTF-8."""
        named = {_spell(name): _make_plain(value) for name, value in self._values.items()}
        return _environment().Activation(named)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Clause:
    """A clause that compiled.

    ``names`` are the fields that it asks for; ``hours`` what ``age_h`` is compared with. ``keys`` are such
    that the clause does not hold where none of them does; None: nothing is known that it hangs on.
    """

    text: str
    names: frozenset[str]
    hours: tuple[float, ...]
    keys: tuple[Key, ...] | None
    expression: "cel.Expression"

    def evaluate(self, values: Values) -> Outcome:
        """Return whether the clause holds for ``values``; it never raises."""
        try:
            value = self.expression.eval(values.activation).value()
        except Exception as error:  # the engine is not ours: whatever it raises, a rule decides nothing
            return Outcome(holds=False, error=str(error))
        if value is True or value is False:
            return _HOLDS if value else _FAILS
        return Outcome(holds=False, error=str(value))


def check_clause(text: str) -> tuple[ClauseProblem, ...]:
    """Return everything that is wrong with a clause, in the order in which it is written."""
    try:
        compile_clause(text)
    except ClauseError as error:
        return tuple(ClauseProblem(offset, what) for offset, what in error.problems)
    return ()


def compile_clause(text: str) -> Clause:
    """Return a clause, ready to be evaluated; raises ClauseError with all that is wrong with it."""
    clause, problems = _compile(text)
    if clause is None:
        raise ClauseError(text, [(one.offset, one.text) for one in problems])
    return clause


@lru_cache(_KEPT)
def _compile(text: str) -> tuple[Clause | None, tuple[ClauseProblem, ...]]:
    if find_spec("cel_expr_python") is None:
        return None, (ClauseProblem(0, _MISSING),)
    try:
        expression = _environment().compile(text)
    except Exception as error:  # the engine has no exceptions of its own
        # What else the engine says follows from a backslash that it does not know, and speaks of none.
        return None, find_unknown_escapes(text) or read_problems(str(error), text)
    tree = read_tree(expression.serialize())
    kind = str(expression.return_type())
    problems = [*_check_patterns(tree), *_check_age(tree)]
    if kind != "BOOL":
        problems.append(ClauseProblem(0, f"it is {name_kind(kind)}, allowed: what is true or false"))
    if problems:
        return None, tuple(sorted(problems, key=lambda one: one.offset))
    names = frozenset(node.name for node in tree.walk() if not node.is_call and node.name in FIELDS)
    hours = tuple(sorted({hour for node in tree.walk() for hour in _hours_of(node)}))
    return Clause(text=text, names=names, hours=hours, keys=_find_keys(tree), expression=expression), ()


@cache
def _environment() -> "cel.Env":
    # Its library takes 50 MB and .1 s: only who has rules installs and imports it.
    from cel_expr_python import cel  # noqa: PLC0415

    kinds = {
        "text": cel.Type.STRING,
        "texts": cel.Type.List(cel.Type.STRING),
        "whole number": cel.Type.INT,
        "number": cel.Type.DYN,  # with another type CEL compares no fraction with a whole number
        "truth value": cel.Type.BOOL,
    }
    variables = {_spell(name): kinds[field.kind] for name, field in FIELDS.items()}
    return cel.NewEnv(variables=variables, container=_CONTAINER)


def _spell(name: str) -> str:
    return f"{_CONTAINER}.{name}" if name == "type" else name


def _make_plain(value: object) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    return [_make_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _check_patterns(tree: Node) -> Iterator[ClauseProblem]:
    """Yield patterns that are none, or that are not written down: articles must not bring their own."""
    for node in tree.walk():
        if node.is_call and node.name == "matches" and node.parts:
            pattern = node.parts[-1]
            if not isinstance(pattern.constant, str):
                yield ClauseProblem(pattern.offset, "the pattern is not given, allowed: a pattern in quotes")
            elif what := find_pattern_problem(pattern.constant):
                yield ClauseProblem(pattern.offset, f"no pattern ({what}), allowed: a pattern of RE2")


def _check_age(tree: Node) -> Iterator[ClauseProblem]:
    """Yield where ``age_h`` is used for anything but a comparison, which alone tells when it changes."""
    compared = {id(part) for node in tree.walk() if _hours_of(node) for part in node.parts}
    for node in tree.walk():
        if node.name == AGE and not node.is_call and id(node) not in compared:
            what = "age_h is not compared with a number, allowed: a comparison such as age_h < 6"
            yield ClauseProblem(node.offset, what)


def _hours_of(node: Node) -> tuple[float, ...]:
    """Return what a comparison compares ``age_h`` with, nothing where it is none."""
    if not (node.is_call and node.name in _COMPARISONS and any(part.name == AGE for part in node.parts)):
        return ()
    numbers = [part.constant for part in node.parts]
    return tuple(float(n) for n in numbers if isinstance(n, int | float) and not isinstance(n, bool))


def _find_keys(node: Node) -> tuple[Key, ...] | None:
    """Return keys of which one must hold where this part of a clause does, None where none are known."""
    if not node.is_call or len(node.parts) != 2:
        return None
    left, right = node.parts
    if node.name == "_&&_":
        return _find_keys(left) or _find_keys(right)
    if node.name == "_||_":
        one, other = _find_keys(left), _find_keys(right)
        return None if one is None or other is None else (*one, *other)
    if node.name == "_==_" and left.constant is not None:
        left, right = right, left
    is_fixed = not left.is_call and left.name in FIELDS and FIELDS[left.name].is_fixed
    return _make_keys(node.name, left.name, right) if is_fixed else None


def _make_keys(function: str, field: str, given: Node) -> tuple[Key, ...] | None:
    if function == "@in":
        texts = [one.constant for one in given.parts if isinstance(one.constant, str)]
        is_list = not given.is_call and not given.name and len(texts) == len(given.parts)
        return tuple(Key("equals", field, text) for text in texts) if is_list else None
    text = given.constant
    if not isinstance(text, str):
        return None
    if function == "_==_":
        return (Key("equals", field, text),)
    escaped = escape_pattern(text)
    patterns = {
        "matches": text, "contains": escaped, "startsWith": rf"\A{escaped}", "endsWith": rf"{escaped}\z",
    }  # fmt: skip
    return (Key("matches", field, patterns[function]),) if function in patterns else None
