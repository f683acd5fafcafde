"""What asks for something and for its opposite: it never holds, or always does where one is enough."""

from collections.abc import Collection, Iterator, Sequence

from aggregator.clauses.clause import compile_clause
from aggregator.clauses.constraints import are_apart, describe_node, read_constraint
from aggregator.clauses.problems import ClauseProblem
from aggregator.clauses.syntax_tree import Node, read_tree

_NEVER = "this never holds: the clause asks for its opposite, too"
_ALWAYS = "this always holds: its opposite is enough, too"


def doubt_opposites(node: Node) -> Iterator[ClauseProblem]:
    """Yield where the parts of an ``&&`` or ``||`` are opposites; of those below it says nothing."""
    if not (node.is_call and node.name in {"_&&_", "_||_"}):
        return
    parts = _list_parts(node, node.name)
    are_all = node.name == "_&&_"
    said = {describe_node(part) for part in parts}
    for part in parts:
        if _is_not(part) and describe_node(part.parts[0]) in said:
            yield ClauseProblem(find_start(part), _NEVER if are_all else _ALWAYS)
    for earlier, later in _find_conflicts(parts, is_denied=not are_all):
        other = read_constraint(parts[earlier])
        if are_all:
            why = f"this never holds: the clause asks for {other}, too"
        else:
            why = f"this always holds: {other} is enough, too"
        yield ClauseProblem(find_start(parts[later]), why)


def find_contradictions(
    clauses: Sequence[str], topics: Collection[str]
) -> Iterator[tuple[int, ClauseProblem]]:
    """Yield which of clauses that must all hold never do so together, by their place.

    The article is in one of ``topics``, none: any. Raises ClauseError where one does not compile.
    """
    trees = [read_tree(compile_clause(text).expression.serialize()) for text in clauses]
    parts = [(place, part) for place, tree in enumerate(trees) for part in _list_parts(tree, "_&&_")]
    said = {describe_node(part): place for place, part in reversed(parts)}
    for place, part in parts:
        other = said.get(describe_node(part.parts[0]), place) if _is_not(part) else place
        if other != place:
            yield place, ClauseProblem(find_start(part), f"this never holds where clause {other + 1} does")
    for number, later in _find_conflicts([part for _, part in parts]):
        (other, _), (place, part) = parts[number], parts[later]
        if other != place:
            yield place, ClauseProblem(find_start(part), f"this never holds where clause {other + 1} does")
    absent = {_name_absent_topic(part): (place, part) for place, part in parts}
    if topics and absent.keys() >= set(topics):
        place, part = absent[min(topics)]
        yield (
            place,
            ClauseProblem(find_start(part), f"this never holds: the rule is for {', '.join(topics)} alone"),
        )


def find_start(node: Node) -> int:
    """Return the character at which a part of a clause begins, but for brackets."""
    return min(one.offset for one in node.walk())


def _list_parts(node: Node, operator: str) -> list[Node]:
    """Return what an operator joins, however it is bracketed; the node itself where it is of none."""
    if not (node.is_call and node.name == operator):
        return [node]
    return [part for one in node.parts for part in _list_parts(one, operator)]


def _name_absent_topic(part: Node) -> str:
    """Return the topic in which an article is not where this part holds, "" where it says nothing of that."""
    inner = part.parts[0] if _is_not(part) else part
    is_about = inner.is_call and inner.name == "@in" and inner is not part and inner.parts[1].name == "topics"
    return str(inner.parts[0].constant or "") if is_about else ""


def _find_conflicts(parts: Sequence[Node], *, is_denied: bool = False) -> Iterator[tuple[int, int]]:
    """Yield which parts ask for a value that an earlier one rules out, by that one's place and their own.

    ``is_denied``: of what their opposites ask for. Those that are word for word opposites are left out.
    """
    asked = [read_constraint(part, is_denied=is_denied) for part in parts]
    for later, one in enumerate(asked):
        for earlier, other in enumerate(asked[:later]):
            if one and other and are_apart(one, other) and not _are_opposites(parts[earlier], parts[later]):
                yield earlier, later
                break


def _are_opposites(one: Node, other: Node) -> bool:
    pairs = ((one, other), (other, one))
    return any(_is_not(a) and describe_node(a.parts[0]) == describe_node(b) for a, b in pairs)


def _is_not(node: Node) -> bool:
    return node.is_call and node.name == "!_"
