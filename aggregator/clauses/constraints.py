"""What parts of a clause ask of one value, a number or a text, and whether two of them can hold together."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aggregator.clauses.fields import FIELDS
from aggregator.clauses.syntax_tree import Node

Value = str | int | float | bool
_SIGNS: Mapping[str, str] = MappingProxyType({
    "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "_==_": "==", "_!=_": "!=", "@in": "in",
})  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OPPOSITES = {
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "==": "!=",
    "!=": "==",
    "in": "not in",
    "not in": "in",
}


@dataclass(frozen=True, slots=True)
class Constraint:
    """That ``what``, a part of a clause that reads ``name``, compares so with one of ``values``.

    ``is_whole``: it is a whole number where it is a number.
    """

    what: tuple[object, ...]
    name: str
    sign: str
    values: tuple[Value, ...]
    is_whole: bool

    def __str__(self) -> str:
        shown = [json.dumps(value, ensure_ascii=False) for value in self.values]
        listed = f"[{', '.join(shown)}]" if self.sign in {"in", "not in"} else shown[0]
        return f"{self.name} {self.sign} {listed}"


def read_constraint(part: Node, *, is_denied: bool = False) -> Constraint | None:
    """Return what a part of a clause asks of a value, or what its opposite does; None: nothing so plain."""
    if part.is_call and part.name == "!_":
        return read_constraint(part.parts[0], is_denied=not is_denied)
    if not (part.is_call and part.name in _SIGNS and len(part.parts) == 2):
        return None
    (one, other), sign = part.parts, _SIGNS[part.name]
    if sign != "in" and one.constant is not None:
        one, other, sign = other, one, _TURNED[sign]
    values = [node.constant for node in (other.parts if sign == "in" else (other,))]
    known = tuple(value for value in values if value is not None)
    is_plain = sign != "in" or not (other.is_call or other.name)
    if one.constant is not None or not known or len(known) < len(values) or not is_plain:
        return None
    return Constraint(
        what=describe_node(one),
        name=_write(one),
        sign=_OPPOSITES[sign] if is_denied else sign,
        values=known,
        is_whole=one.name == "size" or (one.name in FIELDS and FIELDS[one.name].kind == "whole number"),
    )


def describe_node(node: Node) -> tuple[object, ...]:
    """Return what a part of a clause says, wherever it stands."""
    return node.name, node.is_call, type(node.constant), node.constant, tuple(map(describe_node, node.parts))


def are_apart(one: Constraint, other: Constraint) -> bool:
    """Tell whether two constraints are of the same value, and never hold together."""
    if one.what != other.what:
        return False
    allowed = [_key(value) for value in one.values]
    if one.sign in {"==", "in"} and other.sign in {"==", "in"}:
        return set(allowed).isdisjoint(map(_key, other.values))
    for given, barred in ((one, other), (other, one)):
        if given.sign in {"==", "in"} and barred.sign in {"!=", "not in"}:
            return set(map(_key, given.values)) <= set(map(_key, barred.values))
    span, others = _find_span(one), _find_span(other)
    return span is not None and others is not None and max(span[0], others[0]) > min(span[1], others[1])


def _key(value: Value) -> tuple[bool, Value]:
    return isinstance(value, bool), value


_Bound = tuple[float, int]


def _find_span(constraint: Constraint) -> tuple[_Bound, _Bound] | None:
    """Return the least and the greatest that a number may be; None: it is none, or has gaps.

    Each with 1 or -1 where it must be a little more or less than that.
    """
    numbers = [value for value in constraint.values if isinstance(value, int | float)]
    if len(numbers) < len(constraint.values) or constraint.sign in {"!=", "not in"}:
        return None
    low, high = min(numbers), max(numbers)
    ends: tuple[_Bound, _Bound] = (-math.inf, 0), (math.inf, 0)
    match constraint.sign:
        case ">":
            ends = ((math.floor(low) + 1, 0) if constraint.is_whole else (low, 1)), ends[1]
        case ">=":
            ends = (low, 0), ends[1]
        case "<":
            ends = ends[0], ((math.ceil(high) - 1, 0) if constraint.is_whole else (high, -1))
        case "<=":
            ends = ends[0], (high, 0)
        case _:
            ends = (low, 0), (high, 0)
    return ends


def _write(node: Node) -> str:
    """Return a part of a clause as editors know it."""
    if not node.is_call:
        return node.name or "this"
    inner = ", ".join(
        _write(part) if part.constant is None else json.dumps(part.constant) for part in node.parts
    )
    return f"{node.name}({inner})" if node.name.isidentifier() else f"{_write(node.parts[0])}[…]"
