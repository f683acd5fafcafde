"""A port that answers connections in a way below HTTP."""

import contextlib
import socket
import threading


@contextlib.contextmanager
def listening(answer, *, host="127.0.0.2"):
    """Give a port where ``answer(connection)`` is called for every connection, and the list of these."""
    seen = []
    with socket.create_server((host, 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, answer, seen))
        thread.start()
        try:
            yield server.getsockname()[1], seen
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(server, answer, seen):
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        seen.append(connection)
        with connection, contextlib.suppress(OSError):
            answer(connection)
