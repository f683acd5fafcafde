"""What asks for something and for its opposite: it never holds, or always does where one is enough."""

from collections.abc import Iterator, Sequence

from aggregator.clauses.problems import ClauseProblem
from aggregator.clauses.syntax_tree import Node

_NEVER = "this never holds: the clause asks for its opposite, too"
_ALWAYS = "this always holds: its opposite is enough, too"


def doubt_opposites(node: Node) -> Iterator[ClauseProblem]:
    """Yield where the parts of an ``&&`` or ``||`` are opposites; of those below it says nothing."""
    if node.is_call and node.name in {"_&&_", "_||_"}:
        yield from find_opposites(list_parts(node, node.name), _NEVER if node.name == "_&&_" else _ALWAYS)


def list_parts(node: Node, operator: str) -> list[Node]:
    """Return what an operator joins, however it is bracketed; the node itself where it is of none."""
    if not (node.is_call and node.name == operator):
        return [node]
    return [part for one in node.parts for part in list_parts(one, operator)]


def find_opposites(parts: Sequence[Node], text: str) -> Iterator[ClauseProblem]:
    """Yield those of the ``parts`` that say the opposite of another one, as problems with this text."""
    said = {describe(part) for part in parts}
    for part in parts:
        if _is_not(part) and describe(part.parts[0]) in said:
            yield ClauseProblem(find_start(part), text)


def find_absent_topics(parts: Sequence[Node]) -> dict[str, Node]:
    """Return the topics of which the ``parts`` say that the article is not in them, each with where."""
    found = {}
    for part in parts:
        inner = part.parts[0] if _is_not(part) else None
        if inner is not None and inner.name == "@in" and inner.parts[1].name == "topics":
            topic_id = inner.parts[0].constant
            if isinstance(topic_id, str):
                found[topic_id] = part
    return found


def describe(node: Node) -> tuple[object, ...]:
    """Return what a part of a clause says, wherever it stands."""
    return node.name, node.is_call, type(node.constant), node.constant, tuple(map(describe, node.parts))


def find_start(node: Node) -> int:
    """Return the character at which a part of a clause begins, but for brackets."""
    return min(one.offset for one in node.walk())


def _is_not(node: Node) -> bool:
    return node.is_call and node.name == "!_"
