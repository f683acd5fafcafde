"""The syntax tree of a compiled clause, read from the engine's own serialisation.

That is ``cel.expr.CheckedExpr`` of https://github.com/google/cel-spec (checked.proto, syntax.proto) as a
protocol buffer, of which the few fields that matter here are read.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_VALUE = 2  # of google.protobuf.Any
_EXPRESSION, _SOURCE_INFO, _POSITIONS = 4, 5, 4
_ID, _CONSTANT, _NAME, _SELECT, _CALL = 2, 3, 4, 5, 6
_BOOL, _INT, _UINT, _DOUBLE, _STRING = 2, 3, 4, 5, 6
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a clause, at the character ``offset`` of its text.

    ``name`` is that of a field, a variable or, with ``is_call``, of a function, whose target is the first of
    the ``parts``; "" where there is none. ``constant`` is a value that is written there, None if it is none.
    """

    offset: int
    name: str = ""
    is_call: bool = False
    constant: str | int | float | bool | None = None
    parts: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """Yield the node and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


def read_tree(serialised: bytes) -> Node:
    """Return the tree of a clause that was compiled and checked."""
    checked = _find(serialised, _VALUE)
    info = _find(checked, _SOURCE_INFO)
    offsets: dict[int | bytes, int | bytes] = {}
    for number, entry in _fields(info):
        if number == _POSITIONS and isinstance(entry, bytes):
            pair = dict(_fields(entry))
            offsets[pair.get(1, 0)] = pair.get(2, 0)
    return _read_node(_find(checked, _EXPRESSION), offsets)


def _read_node(expression: bytes, offsets: Mapping[int | bytes, int | bytes]) -> Node:
    found = dict(_fields(expression))
    offset = offsets.get(found.get(_ID, 0), 0)
    at = offset if isinstance(offset, int) else 0
    for kind, body in found.items():
        if not isinstance(body, bytes):
            continue
        if kind == _CONSTANT:
            return Node(at, constant=_read_constant(body))
        if kind == _NAME:
            return Node(at, name=_text(_find(body, 1)).removeprefix("article."))
        parts = tuple(_read_node(part, offsets) for part in _expressions(kind, body))
        if kind == _CALL:
            return Node(at, name=_text(_find(body, 2)), is_call=True, parts=parts)
        return Node(at, parts=parts)
    return Node(at)


def _expressions(kind: int, body: bytes) -> Iterator[bytes]:
    """Yield the expressions that one holds, in the order in which they are written down."""
    inner = {_SELECT: {1}, _CALL: {1, 3}, 7: {1}, 9: {2, 4, 5, 6, 7}}.get(kind, set())
    for number, value in _fields(body):
        if number in inner and isinstance(value, bytes):
            yield value
        elif kind == 8 and number == 2 and isinstance(value, bytes):  # the entries of a map
            yield from (v for n, v in _fields(value) if n in {3, 4} and isinstance(v, bytes))


def _read_constant(body: bytes) -> str | int | float | bool | None:
    for kind, value in _fields(body):
        if kind == _STRING and isinstance(value, bytes):
            return _text(value)
        if kind == _DOUBLE and isinstance(value, bytes):
            (number,) = struct.unpack("<d", value)
            return float(number)
        if isinstance(value, int):
            signed = value - (1 << 64) if kind == _INT and value >> 63 else value
            return bool(value) if kind == _BOOL else signed if kind in {_INT, _UINT} else None
    return None


def _find(message: bytes, number: int) -> bytes:
    return next((v for n, v in _fields(message) if n == number and isinstance(v, bytes)), b"")


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the fields of a message: numbers as they are, all else as bytes."""
    at = 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        wire = tag & 7
        if wire == _VARINT:
            number, at = _read_varint(message, at)
            yield tag >> 3, number
            continue
        size = {_FIXED64: 8, _FIXED32: 4}.get(wire)
        if size is None:
            size, at = _read_varint(message, at)
        yield tag >> 3, message[at : at + size]
        at += size


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
