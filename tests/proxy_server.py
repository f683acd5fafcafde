"""A real HTTP proxy on a loopback address: it forwards requests, tunnels CONNECT, and notes what it was asked.

Whatever it is asked for, it leads to the port of the server that it was made for, so that tests need no names.
"""

import contextlib
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class ProxyRequest:
    """What the proxy was asked: the request's line, and its headers by lower-case name."""

    line: str
    headers: Mapping[str, str]


class ProxyServer:
    """The proxy, as a context manager; ``refusal`` is the head that it answers with instead of forwarding."""

    def __init__(self, target_port: int, *, refusal: bytes = b"") -> None:
        self.requests: list[ProxyRequest] = []
        self._target = ("127.0.0.1", target_port)
        self._refusal = refusal
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self.place = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.place}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, socket.create_connection(self._target) as server:
            self._open.append(server)
            while head := self._read_head(client):
                if self._refusal:
                    client.sendall(self._refusal)
                elif head.startswith(b"CONNECT "):
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    back = threading.Thread(target=_copy, args=(server, client), daemon=True)
                    back.start()
                    _copy(client, server)
                    return
                else:
                    server.sendall(_forwarded(head))
                    threading.Thread(target=_copy, args=(server, client), daemon=True).start()

    def _read_head(self, client: socket.socket) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head and (piece := client.recv(65536)):
            head += piece
        if head:
            line, *fields = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
            pairs = (field.partition(": ") for field in fields)
            headers = {name.lower(): value for name, _, value in pairs}
            self.requests.append(ProxyRequest(line=line, headers=headers))
        return head


def _forwarded(head: bytes) -> bytes:
    """Return a request as the server gets it: with its path alone, and without what is for the proxy."""
    line, *fields = head.split(b"\r\n")
    method, address, version = line.split(b" ")
    path = b"/" + address.split(b"/", 3)[3]
    kept = (one for one in fields if not one.lower().startswith(b"proxy-"))
    return b"\r\n".join((b" ".join((method, path, version)), *kept))


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
