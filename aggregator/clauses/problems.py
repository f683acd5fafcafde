"""What is wrong with a clause, in an operator's words."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.clauses.fields import FIELDS, FUNCTIONS

_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*?)(?=\n \| |\nERROR: |$)", re.DOTALL)
_UNKNOWN = re.compile(r"undeclared reference to '(.*?)'")
_NO_OVERLOAD = re.compile(r"found no matching overload for '(.+?)' applied to '(.*)'")
_NO_SELECT = re.compile(r"expression of type '(.+?)' cannot be the operand of a select")
_EXPECTED = re.compile(r" expecting .*", re.DOTALL)
_KINDS = {
    "string": "text", "int": "a whole number", "uint": "an unsigned number", "double": "a fraction",
    "bool": "a truth value", "dyn": "a number", "list(string)": "a list of texts",
    "list(int)": "a list of numbers", "null": "null", "timestamp": "a time", "duration": "a duration",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClauseProblem:
    """One thing that is wrong at the character ``offset`` of a clause."""

    offset: int
    text: str


def read_problems(message: str, clause: str) -> tuple[ClauseProblem, ...]:
    """Return what the engine's ``message`` about a ``clause`` says, one problem for each error."""
    found = tuple(_read_problem(clause, *map(str, match.groups())) for match in _ERROR.finditer(message))
    return found or (ClauseProblem(0, f"it cannot be read ({message.splitlines()[0]})"),)


def suggest_name(name: str) -> str:
    """Return the names that are known, the nearest one first where ``name`` is likely a slip of it."""
    known = [*FIELDS, *FUNCTIONS]
    close = difflib.get_close_matches(name, known, n=1)
    if not close:  # `domain` is likely meant for `provider.domain`
        close = [other for other in FIELDS if other.rpartition(".")[2] == name][:1]
    groups = [other for other in FIELDS if other.startswith(f"{name}.")]
    if groups:
        return f", allowed: one of {', '.join(groups)}"
    hint = f", did you mean {close[0]}?" if close else ","
    return f"{hint} allowed: {_list_fields()}"


def name_kind(kind: str) -> str:
    """Return an engine's name of a type in an operator's words."""
    return _KINDS.get(kind.lower(), kind.lower())


def _list_fields() -> str:
    return ", ".join(dict.fromkeys(re.sub(r"\..*", ".*", name) for name in FIELDS))


def _read_problem(clause: str, line: str, column: str, what: str) -> ClauseProblem:
    starts = [0, *(found.end() for found in re.finditer("\n", clause))]
    offset = min(starts[min(int(line), len(starts)) - 1] + int(column) - 1, max(len(clause) - 1, 0))
    if unknown := _UNKNOWN.search(what):
        name = unknown[1].removeprefix("article.")
        if name in FIELDS:  # `article.title`
            return ClauseProblem(offset, f"a field has nothing before it, allowed: {name}")
        is_dotted = "." in name and clause[offset : offset + 1] == "."
        return ClauseProblem(offset + is_dotted, f"no field or function {name}{suggest_name(name)}")
    if overload := _NO_OVERLOAD.search(what):
        return ClauseProblem(offset, _describe_overload(overload[1], overload[2]))
    if select := _NO_SELECT.search(what):
        return ClauseProblem(offset, f"{name_kind(select[1])} has no fields, allowed: its value alone")
    reason = _EXPECTED.sub("", what.strip().removeprefix("Syntax error: "))
    reason = reason.replace("mismatched input '<EOF>'", "it ends too early")
    return ClauseProblem(offset, f"it is no CEL ({' '.join(reason.split())}), allowed: a clause in CEL")


def _describe_overload(operator: str, types: str) -> str:
    sign = operator.replace("_", "").replace("@", "") or operator
    kinds = [name_kind(kind) for kind in _split_types(types.removeprefix("(").removesuffix(")"))]
    if ".(" in types:  # a method: the type before the dot is what it is called on
        target, _, arguments = types.partition(".(")
        kinds = [name_kind(target)]
        kinds += [name_kind(kind) for kind in _split_types(arguments.removesuffix(")"))]
    return f"{sign} does not take {' and '.join(kinds)}, allowed: values of one kind"


def _split_types(types: str) -> Iterator[str]:
    depth, start = 0, 0
    for place, sign in enumerate(types):
        depth += (sign in "(<") - (sign in ")>")
        if sign == "," and depth == 0:
            yield types[start:place].strip()
            start = place + 1
    if types[start:].strip():
        yield types[start:].strip()
