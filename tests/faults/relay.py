"""A relay between a program and its PostgreSQL server, on a socket of its own, that can stop forwarding.

Connections stay then, as where a network was cut: neither side is told anything.
"""

import contextlib
import socket
import threading
from pathlib import Path
from typing import Self

SOCKET = ".s.PGSQL.5432"
_WAIT_S = 0.2


class Relay:
    """The relay, as a context manager: it listens in ``folder`` and forwards to the server's ``target`` folder."""

    def __init__(self, folder: Path, target: Path) -> None:
        self._target = str(target / SOCKET)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET))
        self._listener.listen(64)
        self._forwards = threading.Event()
        self._forwards.set()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._forwards.set()
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join()

    def cut(self) -> None:
        """Forward nothing more, in neither direction."""
        self._forwards.clear()

    def mend(self) -> None:
        """Forward again, first what waited."""
        self._forwards.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                self._open += [client, server]
                for pair in ((client, server), (server, client)):
                    thread = threading.Thread(target=self._copy, args=pair)
                    self._threads.append(thread)
                    thread.start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                while not self._forwards.wait(_WAIT_S):
                    pass
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_RDWR)
