"""The types of columns: times, texts, JSON and numbers as a database keeps them.

How a value is bound and read is said by functions of their own: ``process_bind_param`` would be called
through another one, half a thousand times for each document with news.
"""

import json
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import BigInteger, Dialect, Float, Integer, LargeBinary, Text, TypeDecorator

Bind = Callable[[Any], Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ESCAPE = "\x1b"
_UNSTORABLE = re.compile(f"[\0{_ESCAPE}\ud800-\udfff]")
_dump_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_read_json = json.JSONDecoder().raw_decode
_ESCAPED = re.compile(f"{_ESCAPE}([0-9a-f]{{4}})")


Endless = BigInteger().with_variant(Integer(), "sqlite")
"""A number that grows for as long as a store is used; SQLite has one kind of number for all."""


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time, exact to the microsecond and comparable in SQL on every database."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Bind:  # noqa: ARG002  # the interface
        """Return what makes a time a number."""
        return _encode_time

    def result_processor(self, dialect: Dialect, coltype: object) -> Bind:  # noqa: ARG002  # the interface
        """Return what makes the number a time."""
        return _decode_time


class Real(TypeDecorator[float]):
    """A number with a fraction, which every driver takes and gives as it is.

    SQLAlchemy asks for the kind that the database says it has, which differs from query to query.
    """

    impl = Float
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        """Return that nothing changes a number."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Return that nothing changes a number."""


class Opaque(TypeDecorator[str]):
    """Any text exactly, also the NUL and the lone surrogates that a database cannot hold."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Bind:  # noqa: ARG002  # the interface
        """Return what escapes such characters in a text."""
        return _escape

    def result_processor(self, dialect: Dialect, coltype: object) -> Bind:  # noqa: ARG002  # the interface
        """Return what makes the text what it was."""
        return _unescape


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value that is JSON text already."""

    text: str

    @classmethod
    def of(cls, value: Any) -> "Encoded":
        """Return ``value`` as ``Json`` stores it."""
        return cls(_dump_json(value))


class Json(TypeDecorator[Any]):
    """A list or mapping as JSON text, the same text for the same value; ``Encoded`` as it is."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Bind:  # noqa: ARG002  # the interface
        """Return what makes a value text."""
        return _encode_json

    def result_processor(self, dialect: Dialect, coltype: object) -> Bind:  # noqa: ARG002  # the interface
        """Return what makes the text a value."""
        return read_json


def _encode_time(value: datetime | None) -> int | None:
    return None if value is None else (value - _EPOCH) // _MICROSECOND


def _decode_time(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + value * _MICROSECOND


def _escape(value: str | None) -> str | None:
    if not value or value.isprintable():  # most texts are, and this is quick to see
        return value
    return _UNSTORABLE.sub(lambda found: f"{_ESCAPE}{ord(found[0]):04x}", value)


def _unescape(value: str | None) -> str | None:
    if not value or _ESCAPE not in value:
        return value
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)


def _encode_json(value: Any) -> str | None:
    if isinstance(value, Encoded):
        return value.text
    return None if value is None else _dump_json(value)


def read_json(value: str | None) -> Any:
    """Return the value whose JSON text is stored; None: there is none."""
    # As it is stored, no white space surrounds it: looking for that would take most of the time.
    return None if value is None else _read_json(value)[0]


def read_texts(value: str) -> tuple[str, ...]:
    """Return the texts whose JSON list is stored."""
    return tuple(_read_json(value)[0])


class Counts(TypeDecorator[tuple[tuple[int, ...], ...]]):
    """Rows of ``width`` whole numbers as bytes, None for no rows: read and written at every poll.

    JSON would cost ten times as much. ``code`` is that of ``struct``: I for 32 bits, Q for 64.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, width: int, code: Literal["I", "Q"]) -> None:
        super().__init__()
        self.width = width
        self.code = code
        self._row = struct.Struct(f"<{width}{code}")

    def process_bind_param(self, value: tuple[tuple[int, ...], ...] | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002  # the interface
        """Return the rows as bytes."""
        return b"".join([self._row.pack(*row) for row in value]) if value else None

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> tuple[tuple[int, ...], ...]:  # noqa: ARG002  # the interface
        """Return the bytes as rows."""
        return tuple(self._row.iter_unpack(value)) if value else ()
