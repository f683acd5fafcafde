"""A YAML file as plain values that know their lines.

The nodes of a file are kept beside its values, so that any path leads back to its line. Only
mappings, lists and plain scalars are read (YAML 1.1, https://yaml.org/spec/1.1/): no other tag, no
key twice, nothing that contains itself.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from aggregator.config.checks.problems import Path, Problem, show
from aggregator.config.checks.syntax_advice import advise_on

DEEPEST = 50
"""More levels than any config needs; deeper files would exhaust the stack of the C parser."""

_TOO_DEEP = f"nested over {DEEPEST} levels deep"

_TAG = "tag:yaml.org,2002:"
_TEXT, _LIST, _MAPPING = (_TAG + name for name in ("str", "seq", "map"))
_SCALARS = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp"))
# A plain "=" or "<<" has a type of its own in YAML 1.1; nobody who writes one means it.
_SIGNS = frozenset(_TAG + name for name in ("value", "merge"))
_PLAIN = _SIGNS | {_TEXT}
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER = Resolver()
_TAGS_KEPT = 2_000
"""The names of keys come again with every entry."""
# Line breaks as YAML 1.1 counts them (section 5.4), so that lines are those of the nodes' marks.
LINES = re.compile(r"[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029])|[^\r\n\x85\u2028\u2029]+")
_UNPRINTABLE = yaml.reader.Reader.NON_PRINTABLE


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """The values of one file, and what was wrong with reading them; an empty file is None.

    ``text`` is what it was read from; problems tell columns where it ``has_columns``.
    """

    file: str
    value: object = None
    problems: tuple[Problem, ...] = ()
    root: yaml.Node | None = field(default=None, repr=False)
    has_lines: bool = False
    text: str = field(default="", repr=False)
    has_columns: bool = False

    def line_of(self, path: Path) -> int:
        """Return the line of the key or list item at ``path``, or of what is nearest above it."""
        return _follow(self.root, path)[0].line + 1

    def node(self, path: Path) -> yaml.Node | None:
        """Return the node at ``path``, None where there is none."""
        return _follow(self.root, path)[1]

    def raw(self, path: Path) -> str | None:
        """Return the scalar at ``path`` as it is written, None where there is no scalar."""
        node = self.node(path)
        return node.value if isinstance(node, yaml.ScalarNode) else None

    def problem(self, path: Path, text: str) -> Problem:
        """Return a problem at ``path`` with its line, and its column where the file has them."""
        at = _follow(self.root, path)[0]
        line = at.line + 1 if self.has_lines else None
        return Problem(self.file, line, path, text, at.column + 1 if line and self.has_columns else None)


def read_document(file: str, body: bytes, *, has_columns: bool = False) -> YamlDocument:
    """Return what ``body`` says, with a problem for everything that is no readable YAML."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _report_unreadable(
            file, body[: error.start].count(b"\n") + 1, "not in UTF-8, allowed: UTF-8 text"
        )
    if unprintable := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, unprintable.start()) + 1
        code = ord(unprintable.group())
        return _report_unreadable(file, line, f"the control character U+{code:04X}, allowed: printable text")
    try:
        root = _compose(text)
    except yaml.MarkedYAMLError as error:
        return _syntax_problem(file, text, error)
    reader = _ValueReader(file)
    value = reader.value(root, ()) if root else None
    return YamlDocument(
        file, value, tuple(reader.problems), root, has_lines=bool(text), text=text, has_columns=has_columns
    )


def _report_unreadable(file: str, line: int, text: str) -> YamlDocument:
    return YamlDocument(file, None, (Problem(file, line, ("yaml",), text),))


def _syntax_problem(file: str, text: str, error: yaml.MarkedYAMLError) -> YamlDocument:
    mark = error.problem_mark or error.context_mark
    lines = LINES.findall(text)
    line = min(
        mark.line if mark else 0, max(0, len(lines) - 1)
    )  # what is missing at the end is told in the last
    here = lines[line] if lines else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return _report_unreadable(file, line + 1, "a tab in the indentation, allowed: spaces")
    what = " ".join(part for part in (error.context, error.problem) if part)
    since = error.context_mark.line if error.context_mark else line
    begun = f" (begun in line {since + 1})" if since < line else ""
    return _report_unreadable(file, line + 1, f"{what}{begun}, allowed: {advise_on(what)}")


class _TooDeepError(Exception):
    """The text may be too deep: where, its events say."""


@lru_cache(_TAGS_KEPT)
def _resolve_tag(kind: type[yaml.Node], value: str | None, implicit: Any) -> Any:
    return _RESOLVER.resolve(kind, value, implicit)  # type: ignore[no-untyped-call]  # of PyYAML


class _Loader(_LOADER):  # type: ignore[valid-type, misc]  # which of the two is known when it runs
    """Makes nodes, and counts how deep they are: the C parser calls both methods for each of them."""

    depth = 0
    resolve = staticmethod(_resolve_tag)

    def descend_resolver(self, _node: object, _index: object) -> None:
        """Begin a node."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise _TooDeepError

    def ascend_resolver(self) -> None:
        """End a node."""
        self.depth -= 1


def _compose(text: str) -> yaml.Node | None:
    """Return the nodes of a text; raises MarkedYAMLError, of all that is wrong by what its events say first.

    Only where something may be wrong are its events read as well, which takes as long again.
    """
    try:
        return yaml.compose(text, _Loader)
    except _TooDeepError:
        _measure_depth(text)
        return yaml.compose(text, _LOADER)
    except yaml.MarkedYAMLError:
        _measure_depth(text)
        raise


def _measure_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, _LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise yaml.MarkedYAMLError(None, None, _TOO_DEEP, event.start_mark)  # type: ignore[arg-type]  # the C parser's mark has what is read of it


class _ValueReader:
    """Turns nodes into values; an aliased node becomes the same object each time, so never grows."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._scalars = SafeConstructor()
        self._done: dict[int, object] = {}
        self._open: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> object:
        if node.tag in _PLAIN and isinstance(node, yaml.ScalarNode):  # most values
            return node.value
        key = id(node)
        if key in self._open:
            return self._refuse(node, path, "an alias of what it stands in, allowed: plain values")
        if key not in self._done:
            self._open.add(key)
            self._done[key] = self._read(node, path)
            self._open.discard(key)
        return self._done[key]

    def _read(self, node: yaml.Node, path: Path) -> object:
        if isinstance(node, yaml.ScalarNode) and node.tag in _SCALARS:
            return self._scalar(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == _LIST:
            return [self.value(item, (*path, number)) for number, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode) and node.tag == _MAPPING:
            return self._mapping(node, path)
        return self._refuse(node, path, f"the tag {show(node.tag)}, allowed: values without a tag")

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> object:
        try:
            value: object = self._scalars.construct_object(node)
        except (ValueError, LookupError, AttributeError, OverflowError):
            kind = node.tag.removeprefix(_TAG)
            return self._refuse(
                node, path, f"{show(node.value)} cannot be read as {kind}, allowed: quoted text"
            )
        return value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(key, path, "a list or mapping as a key, allowed: a name")
            elif key.value in values:
                first = lines[key.value]
                self._refuse(key, (*path, key.value), f"given twice (first in line {first}), allowed: once")
            else:
                lines[key.value] = key.start_mark.line + 1
                values[key.value] = self.value(value, (*path, key.value))
        return values

    def _refuse(self, node: yaml.Node, path: Path, text: str) -> object:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, path or ("yaml",), text))
        return None


@dataclass(frozen=True, slots=True)
class _Place:
    """A line and a column, counted from 0."""

    line: int = 0
    column: int = 0


def _follow(root: yaml.Node | None, path: Path) -> tuple[_Place, yaml.Node | None]:
    at, node = _Place(), root
    for step in path:
        found = _step(node, step)
        if found is None:
            return at, None
        place, node = found
        at = _Place(place.start_mark.line, place.start_mark.column)
    return at, node


def _step(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == step:
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None
