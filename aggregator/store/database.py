"""An open database and its transactions: all that the functions of this package ask of a store."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, Engine

from aggregator.store.engine import is_at_hand, open_snapshot_readers, translate_errors


class _Shared(threading.local):
    """The connection that everything in a thread reads from at the moment, None: each its own."""

    connection: Connection | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Guard:
    """What begins each transaction that writes: its ``session`` is called so, and ``check`` may undo it."""

    session: str
    check: Callable[[Connection], None]


class Database:
    """An open database, as a context manager; may be used by several threads and processes at once.

    Where it ``is_at_hand``, to ask it takes less time than to ask a thread to. The ``guard`` checks each
    transaction that writes before anything else is done in it, and undoes it by an exception.
    """

    def __init__(self, engine: Engine, url: str) -> None:
        self._engine = engine
        self._reader = open_snapshot_readers(engine)
        self._writer = engine.execution_options(is_writer=True)
        self._hasty = engine.execution_options(is_writer=True, is_patient=False)
        self._shared = _Shared()
        self.url = url
        self.guard: Guard | None = None
        self.is_at_hand = is_at_hand(engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in a transaction that only reads, to the queries of this package."""
        if self._shared.connection is not None:
            yield self._shared.connection
            return
        with translate_errors(self.url), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def reading_together(self) -> Iterator[None]:
        """Have all that this thread reads while this lasts read in one transaction: to begin one costs.

        What is written meanwhile may not be seen.
        """
        before = self._shared.connection
        with self.reading() as connection:
            self._shared.connection = connection
            try:
                yield
            finally:
                self._shared.connection = before

    @contextmanager
    def writing(self, *, waits: bool = True, names: Collection[str] = ()) -> Iterator[Connection]:
        """Give a connection in a transaction that writes, one at a time.

        Where another one is at work it waits half a minute for it, or not at all; raises StoreLocked, and
        what the check of the ``guard`` raises. On PostgreSQL those that say what they write about, by
        ``names``, write at once where they share none.
        """
        writer, guard = self._writer if waits else self._hasty, self.guard
        if (names or guard) and writer.dialect.name == "postgresql":
            session = guard.session if guard else ""
            writer = writer.execution_options(names=tuple(names), session=session)
        with translate_errors(self.url), writer.begin() as connection:
            if guard is not None:
                guard.check(connection)
            yield connection


def chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Yield ``values`` in pieces that fit a database's limit on the variables of a statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
