"""A plain HTTP client that sends a request's target and headers as they are given."""

from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A server's answer; ``headers`` are found in any letter case."""

    status: int
    headers: Message
    body: bytes


class Client:
    """One connection to a port of this machine, kept open between requests."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._connection.close()

    def ask(self, method: str, target: str, **headers: str) -> Reply:
        """Send a request; ``If_None_Match="*"`` is the header ``If-None-Match``."""
        self._connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            self._connection.putheader(name.replace("_", "-"), value)
        self._connection.endheaders()
        response = self._connection.getresponse()
        return Reply(status=response.status, headers=response.headers, body=response.read())

    def get(self, target: str, **headers: str) -> Reply:
        """GET the target."""
        return self.ask("GET", target, **headers)
