"""The record as YAML front matter of a Markdown file: written, and read back without loss.

The form is strict, so that a record that is read and written again is the same bytes: the order of
keys, what is quoted, and where blank lines stand are those of the table ``RECORD``. A record is a
mapping of the table's keys to ``str``, ``int``, ``bool``, mappings and lists of these, times as text; a key
without a value is left out.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, repeat
from typing import Any

import yaml

from aggregator.errors import RecordError

Record = Mapping[str, Any]
TIME = "%Y-%m-%dT%H:%M:%SZ"

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(r'[\\"\n\r\t]')
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+")
"""Numbers of YAML 1.2's core schema (section 10.3.2), some of which YAML 1.1 reads as text."""


def quote(text: str) -> str:
    """Return ``text`` double-quoted as the record has it; everything but five characters stands as it is."""
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES[found[0]], text) + '"'


@lru_cache(4_096)
def write_plain(text: str) -> str:
    """Return ``text`` as a plain scalar where YAML 1.1 and 1.2 read it back the same, else quoted."""
    return text if _reads_back(text) else quote(text)


def _reads_back(text: str) -> bool:
    if (
        not text
        or text.startswith("-")
        or _NUMBER.fullmatch(text)
        or _ESCAPED.search(text)
        or text != text.strip()
    ):
        return False
    try:
        return bool(
            yaml.safe_load(f"k:\n  - {text}\n") == {"k": [text]}
            and yaml.safe_load(f"k: {text}\n") == {"k": text}
        )
    except (yaml.YAMLError, ValueError):
        return False


def _read_text(value: str, line: "_Line") -> str:
    if _FORBIDDEN.search(value):
        raise line.make_error("holds a control character; none may stand in a record")
    if not value:
        raise line.make_error("has no value; a key without one is left out")
    return value


def _read_integer(value: str, line: "_Line") -> int:
    if not _INTEGER.fullmatch(value):
        raise line.make_error(f"is {value!r}, allowed: an integer")
    return int(value)


def _read_boolean(value: str, line: "_Line") -> bool:
    if value not in ("true", "false"):
        raise line.make_error(f"is {value!r}, allowed: true, false")
    return value == "true"


def _read_time(value: str, line: "_Line") -> str:
    try:
        datetime.strptime(value, TIME).replace(tzinfo=UTC)
    except ValueError:
        raise line.make_error(f"is {value!r}, allowed: a UTC time such as 2020-09-14T01:03:00Z") from None
    return value


@dataclass(frozen=True, slots=True)
class _Line:
    """Where a value stands, for errors."""

    path: str
    number: int
    key: str

    def make_error(self, what: str) -> RecordError:
        return RecordError(self.path, self.number, f"{self.key} {what}")


@dataclass(frozen=True, slots=True)
class Scalar:
    """How one value is written and read."""

    write: Callable[[Any], str]
    read: Callable[[str, _Line], Any]


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping of keys, in the order they are written."""

    keys: Mapping[str, "Kind"]
    needs: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A block list of values or of mappings."""

    of: "Scalar | Block"


Kind = Scalar | Block | ListOf

QUOTED = Scalar(quote, _read_text)
PLAIN = Scalar(write_plain, _read_text)
INTEGER = Scalar(str, _read_integer)
BOOLEAN = Scalar(lambda value: "true" if value else "false", _read_boolean)
MOMENT = Scalar(str, _read_time)

IMAGE = Block({"url": QUOTED, "width": INTEGER, "height": INTEGER, "isCached": BOOLEAN}, frozenset({"url"}))
PUBLISHER = Block({"name": PLAIN, "domain": PLAIN}, frozenset({"name", "domain"}))
RELATED = Block(
    {
        "title": QUOTED, "excerpt": QUOTED, "publishedDateTime": MOMENT, "webUrl": QUOTED,
        "ampWebUrl": QUOTED, "cdnAmpWebUrl": QUOTED, "type": PLAIN, "provider": PUBLISHER,
        "quality": INTEGER, "images": ListOf(IMAGE),
    },
    frozenset({"title"}),
)  # fmt: skip
RECORD = Block(
    {
        "category": PLAIN, "title": QUOTED, "excerpt": QUOTED, "publishedDateTime": MOMENT,
        "originalUrl": QUOTED, "webUrl": QUOTED, "ampWebUrl": QUOTED, "cdnAmpWebUrl": QUOTED,
        "type": PLAIN, "quality": INTEGER, "heat": INTEGER, "published": BOOLEAN,
        "featuredContent": QUOTED,
        "provider": Block({**PUBLISHER.keys, "images": ListOf(IMAGE)}, PUBLISHER.needs),
        "topics": ListOf(PLAIN), "images": ListOf(IMAGE), "related": ListOf(RELATED),
        "secured": QUOTED,
    },
    frozenset({"category", "title", "publishedDateTime", "type", "quality", "heat", "published"}),
)  # fmt: skip
_BLANK_LINE_AFTER = ("featuredContent", "provider", "topics", "images", "related")
"""The blocks that a blank line follows; one also follows ``published``."""


def render_front_matter(record: Record, *, newline: str = "\n") -> str:
    """Return the file's text; ``newline`` is ``"\\r\\n"`` for a record that was read with such line ends."""
    lines = ["---"]
    for key, kind in RECORD.keys.items():
        if record.get(key) is not None and record[key] != []:
            lines.extend(_write(key, kind, record[key]))
            if key in _BLANK_LINE_AFTER:
                lines.append("")
        if key == "published":
            lines.append("")
    lines.extend(("---", "", ""))
    return newline.join(lines)


def change_heat(content: bytes, before: int, after: int) -> bytes | None:
    """Return a file's bytes with another heat, None where its heat is not ``before``."""
    # Line ends within texts are escaped, so the first such line is the record's own.
    line = b"\nheat: %d\n" % before
    return content.replace(line, b"\nheat: %d\n" % after, 1) if line in content else None


def _write(key: str, kind: Kind, value: Any) -> Iterator[str]:
    if isinstance(kind, Scalar):
        yield f"{key}: {kind.write(value)}"
        return
    yield f"{key}:"
    nested = _write_block(kind, value) if isinstance(kind, Block) else _write_items(kind, value)
    yield from (f"  {line}" for line in nested)


def _write_block(kind: Block, value: Record) -> Iterator[str]:
    for key, inner in kind.keys.items():
        if value.get(key) is not None and value[key] != []:
            yield from _write(key, inner, value[key])


def _write_items(kind: ListOf, values: Sequence[Any]) -> Iterator[str]:
    for value in values:
        lines = iter([kind.of.write(value)]) if isinstance(kind.of, Scalar) else _write_block(kind.of, value)
        indents = chain(["- "], repeat("  "))
        yield from (indent + line for indent, line in zip(indents, lines, strict=False))


def read_front_matter(text: str, *, path: str) -> tuple[Record, str]:
    """Return the record in ``text`` and its newline; raises RecordError with ``path``, line and reason.

    A text that would not be written again as the same bytes is wrong too.
    """
    newline = "\r\n" if text.startswith("---\r\n") else "\n"
    node = _compose(text.replace("\r\n", "\n"), path)
    record = _read_block(RECORD, node, path, "record")
    _check_rules(record, path)
    _check_form(text, render_front_matter(record, newline=newline), path)
    return record, newline


def _compose(text: str, path: str) -> yaml.Node:
    head, start, rest = text.partition("---\n")
    body, end, _ = rest.partition("\n---\n")
    if head or not start:
        raise RecordError(path, 1, "the file does not start with a line ---")
    if not end:
        raise RecordError(path, text.count("\n") + 1, "no line --- ends the record")
    try:
        node = yaml.compose("\n" + body, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise RecordError(path, mark.line + 1 if mark else 1, f"no YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise RecordError(path, 1, f"no YAML: {str(error).splitlines()[0]}") from None
    if node is None:
        raise RecordError(path, 2, "the record is empty")
    return node


def _read(kind: Kind, node: yaml.Node, path: str, key: str) -> Any:
    line = _Line(path, node.start_mark.line + 1, key)
    if isinstance(kind, Scalar):
        if not isinstance(node, yaml.ScalarNode):
            raise line.make_error("is a block, allowed: a single value")
        return kind.read(node.value, line)
    if isinstance(kind, Block):
        return _read_block(kind, node, path, key)
    if not isinstance(node, yaml.SequenceNode):
        raise line.make_error("is no list")
    return [_read(kind.of, item, path, key) for item in node.value]


def _read_block(kind: Block, node: yaml.Node, path: str, name: str) -> dict[str, Any]:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise RecordError(path, line, f"{name} has no keys, allowed: {', '.join(kind.keys)}")
    record: dict[str, Any] = {}
    for key_node, value in node.value:
        key, at = str(key_node.value), key_node.start_mark.line + 1
        if key not in kind.keys:
            raise RecordError(path, at, f"unknown key {key}, allowed: {', '.join(kind.keys)}")
        if key in record:
            raise RecordError(path, at, f"{key} stands twice")
        record[key] = _read(kind.keys[key], value, path, key)
    missing = [key for key in kind.keys if key in kind.needs and key not in record]
    if missing:
        raise RecordError(path, line, f"{name} lacks {', '.join(missing)}")
    return record


def _check_rules(record: Record, path: str) -> None:
    rules = {
        "type is neither article nor video": record["type"] in ("article", "video"),
        "published must be true exactly where quality is 70 or more": record["published"]
        == (record["quality"] >= 70),
        "ampWebUrl and cdnAmpWebUrl stand together": ("ampWebUrl" in record) == ("cdnAmpWebUrl" in record),
        "webUrl is left out where type is video": record["type"] != "video" or "webUrl" not in record,
    }
    for rule, holds in rules.items():
        if not holds:
            raise RecordError(path, 1, rule)


def _check_form(text: str, again: str, path: str) -> None:
    if text == again:
        return
    ours, theirs = again.split("\n"), text.split("\n")
    pairs = enumerate(zip([*theirs, ""], [*ours, ""], strict=False), start=1)
    number, (found, expected) = next((n, p) for n, p in pairs if p[0] != p[1])
    raise RecordError(path, number, f"not in the record's form: {found!r}, expected {expected!r}")
