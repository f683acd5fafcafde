"""What compiles in a clause and is surely a mistake: what never holds, and what always does."""

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aggregator.clauses.clause import compile_clause
from aggregator.clauses.contradictions import doubt_opposites, find_start
from aggregator.clauses.fields import FIELDS, Field
from aggregator.clauses.patterns import find_pattern_slip, matches_everything
from aggregator.clauses.problems import ClauseProblem
from aggregator.clauses.syntax_tree import Node, read_tree

MOST_NAMED = 10
"""Texts that a field can be, of which a doubt lists so many at the most."""
_CONTROLS = {"\a": "a bell", "\b": "a backspace", "\f": "a form feed", "\v": "a vertical tab"}
_SLIPS = re.compile("[\a\b\f\v]")
_LETTERS = {"\a": "a", "\b": "b", "\f": "f", "\v": "v"}
_SIZE = Field("whole number", "how many", least=0)
_TURNED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_"}
_SEARCHES = frozenset({"contains", "startsWith", "endsWith", "matches"})
_LANGUAGE = re.compile(r"(?:[a-z]{2,3}(?:-[a-z0-9]{2,8})*)?", re.ASCII)
_HOST = re.compile(r"(?!www\.)[a-z0-9._-]*", re.ASCII)
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = MappingProxyType({
    "language": (_LANGUAGE, "languages are written as en or pt-br"),
    "host": (_HOST, "hosts are written as news.example.org, without www."),
    "provider.domain": (_HOST, "domains are written as example.org, without www."),
})  # fmt: skip
"""By field how all its texts are written, as a pattern and in words."""


@dataclass(frozen=True, slots=True)
class KnownTexts:
    """The ``texts`` that a field can be; ``absent`` says of another one, put in for ``{}``, what is wrong.

    Not ``is_all``: there may be others, and only what is nearly one of these is doubted.
    """

    texts: frozenset[str]
    absent: str
    is_all: bool = True
    least_likeness: float = 0.6
    """How alike texts are that are nearly the same, as difflib has it."""


KnownByField = Mapping[str, KnownTexts]
"""What fields can be, by their names; of others it is not known."""
TYPES = KnownTexts(frozenset({"article", "video"}), "no type is {}")


def find_doubts(text: str, known: KnownByField) -> tuple[ClauseProblem, ...]:
    """Return what is surely a mistake in a clause, in the order in which it is written.

    Raises ClauseError where it does not compile.
    """
    tree = read_tree(compile_clause(text).expression.serialize())
    known = {"type": TYPES, **known}
    found = [doubt for node in tree.walk() for doubt in _doubt_node(node, text, known)]
    found += [doubt for node in tree.walk() for doubt in doubt_opposites(node)]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.offset))


def _doubt_node(node: Node, clause: str, known: KnownByField) -> Iterator[ClauseProblem]:
    if isinstance(node.constant, str):
        yield from _doubt_text(node, clause)
    if not (node.is_call and len(node.parts) == 2):
        return
    left, right = node.parts
    if node.name == "matches" and (slip := find_pattern_slip(str(right.constant))):
        yield ClauseProblem(right.offset, slip)
    if node.name in _SEARCHES and isinstance(right.constant, str) and _finds_everything(node.name, right):
        yield ClauseProblem(right.offset, f"every text {_SEARCHED[node.name]} this: it always holds")
    for field, given in ((left, right), (right, left)):
        name = _name_field(field)
        if name and node.name in {"_==_", "_!=_", "@in"}:
            yield from _doubt_values(name, given, known)
    yield from _doubt_range(node, left, right)


_SEARCHED = {
    "contains": "contains", "startsWith": "starts with", "endsWith": "ends with", "matches": "matches",
}  # fmt: skip


def _finds_everything(function: str, given: Node) -> bool:
    text = str(given.constant)
    return matches_everything(text) if function == "matches" else not text


def _doubt_text(node: Node, clause: str) -> Iterator[ClauseProblem]:
    """Yield what an escape made that nobody means: ``\\b`` of a pattern is a backspace in plain quotes."""
    for sign in dict.fromkeys(_SLIPS.findall(str(node.constant))):
        letter, name = _LETTERS[sign], _CONTROLS[sign]
        if sign in clause:  # the file's own quotes have made it before the clause was read
            advice = (
                f"YAML's double quotes made it: write the clause in single quotes, "
                f"and r before the quotes in it, for \\{letter}"
            )
        else:
            advice = f"write \\\\{letter}, or r before the quotes"
        yield ClauseProblem(node.offset, f"\\{letter} is {name} here: {advice}")


def _name_field(node: Node) -> str:
    """Return the field that a part of a clause is, or is one of the texts of; "" where it is none."""
    if node.is_call:
        return _name_field(node.parts[0]) if node.name == "_[_]" and node.parts else ""
    return node.name if node.name in FIELDS else ""


def _doubt_values(field: str, given: Node, known: KnownByField) -> Iterator[ClauseProblem]:
    listed = given.parts if not given.is_call and not given.name and given.parts else (given,)
    for one in listed:
        if isinstance(one.constant, str) and (why := _doubt_value(field, one.constant, known)):
            yield ClauseProblem(one.offset, why)


def _doubt_value(field: str, text: str, known: KnownByField) -> str | None:
    shown = json.dumps(text, ensure_ascii=False)
    if field in known and text not in known[field].texts:
        own = known[field]
        near = _find_nearest(text, own)
        if near is not None:
            return f"{own.absent.format(shown)}, did you mean {near}?"
        if own.is_all:
            few = ", ".join(sorted(own.texts - {""})[:MOST_NAMED])
            more = ", …" if len(own.texts) > MOST_NAMED else ""
            return f"{own.absent.format(shown)}, there are: {few or 'none yet'}{more}"
    if field in _FORMS and not _FORMS[field][0].fullmatch(text):
        return f"{field} is never {shown}: {_FORMS[field][1]}"
    return None


def _find_nearest(text: str, known: KnownTexts) -> str | None:
    by_form = {one.casefold(): one for one in sorted(known.texts) if one}
    wanted = text.strip().casefold()[:80]
    close = difflib.get_close_matches(wanted, list(by_form), n=1, cutoff=known.least_likeness)
    return by_form[close[0]] if close else None


def _doubt_range(node: Node, left: Node, right: Node) -> Iterator[ClauseProblem]:
    """Yield a comparison of a number that is never so, or always."""
    operator = node.name
    if _is_number(left) and not _is_number(right):
        left, right, operator = right, left, _TURNED.get(operator, operator)
    is_size = left.is_call and left.name == "size"
    field = _SIZE if is_size else None if left.is_call else FIELDS.get(left.name)
    if field is None or field.least is None or not _is_number(right) or operator not in _HOLDS:
        return
    most = float("inf") if field.most is None else field.most
    never, always = _HOLDS[operator](float(right.constant or 0), field.least, most)
    if never or always:
        span = f"{field.least} to {field.most}" if field.most is not None else f"{field.least} or more"
        yield ClauseProblem(
            find_start(left), f"this {'never' if never else 'always'} holds: {left.name} is {span}"
        )


def _is_number(node: Node) -> bool:
    return isinstance(node.constant, int | float) and not isinstance(node.constant, bool)


_HOLDS: Mapping[str, Callable[[float, float, float], tuple[bool, bool]]] = MappingProxyType({
    "_<_": lambda n, low, high: (n <= low, n > high),
    "_<=_": lambda n, low, high: (n < low, n >= high),
    "_>_": lambda n, low, high: (n >= high, n < low),
    "_>=_": lambda n, low, high: (n > high, n <= low),
    "_==_": lambda n, low, high: (not low <= n <= high, False),
    "_!=_": lambda n, low, high: (False, not low <= n <= high),
})  # fmt: skip
"""By comparison whether it never holds, or always, of what is from ``low`` to ``high``."""
