"""The hostile server: one behaviour per path, on real sockets; its names and redirects lead where they say."""

import gzip
import socket
import time
import zlib
from functools import cache

import zstandard

from tests.codings import BrotliCompressor
from tests.hostile.feeds import channel, entry, news
from tests.loopback import Answer, Loopback, raw

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
BODY = news(range(200, 203))
MIB = 1024 * 1024
HOST = "127.0.0.2"
"""Where hostile servers listen in these tests; 127.0.0.1 is for what they must not reach."""


class HostileServer(Loopback):
    """A server with every behaviour at its path, an ordinary feed at ``/good``, and others as routed."""

    def __init__(self, tls=None):
        super().__init__(tls, host=HOST)
        self.good = b""
        self.route("/good", lambda _: Answer(body=self.good))
        for path, behaviour in _behaviours().items():
            self.route(path, behaviour)

    def serve(self, path, body, **headers):
        """Answer ``path`` with a feed from now on; underscores in header names stand for hyphens."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.route(path, Answer(body=body, headers={"Content-Type": "application/rss+xml", **given}))

    def redirect(self, path, location, status=302):
        """Redirect ``path`` from now on."""
        self.route(path, Answer(status=status, headers={"Location": location}))

    def asked(self, path):
        """Return the requests that came for ``path``."""
        return [request for request in self.requests if request.path.split("?")[0] == path]


def reset(connection):
    """End a connection with a reset instead of a goodbye."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, (1).to_bytes(4, "little") + bytes(4))
    connection.close()


def fall_silent(connection):
    """Say nothing more until the client gives up."""
    while connection.recv(4096):
        pass


def byte_by_byte(connection):
    """Send a good feed so slowly that each byte comes in time and the whole never does."""
    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY))
    for number in range(len(BODY)):
        connection.sendall(BODY[number : number + 1])
        time.sleep(0.05)


def endlessly(connection):
    """Send entries until the client hangs up."""
    connection.sendall(HEAD + b"\r\n<rss><channel><title>x</title>")
    number = 0
    while True:
        number += 1
        connection.sendall(entry(number).encode() * 50)


def _stated(length, body=BODY):
    return raw(HEAD + b"Content-Length: %d\r\n\r\n" % length + body)


def _overlong():
    """Announce less than comes: the first entry and the beginning of the next."""
    length = BODY.index(b"</item>") + 100
    head = HEAD + b"Content-Length: %d\r\n\r\n" % length
    return raw(head + BODY[:length], BODY[length:], pause_s=0.1)


def _coded(coding, body):
    return Answer(body=body, headers={"Content-Type": "application/rss+xml", "Content-Encoding": coding})


def _zeros(coder, size_bytes=64 * MIB):
    """Compress a feed of that many blanks without ever holding it."""
    return b"".join(coder.compress(b" " * MIB) for _ in range(size_bytes // MIB)) + coder.flush()


def _not_modified(request):
    """A 304 that carries a body, which HTTP does not allow: its bytes look like another answer."""
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nspam!"
    head = b"HTTP/1.1 304 Not Modified\r\nContent-Length: %d\r\n\r\n" % len(body)
    has_validator = request.headers["If-None-Match"] is not None
    return raw(head, body, pause_s=0.02) if has_validator else Answer(body=BODY, headers={"ETag": '"a"'})


def _onward(request):
    number = int(request.path.partition("?")[2] or 0)
    return Answer(status=302, headers={"Location": f"/endless-redirects?{number + 1}"})


@cache
def _behaviours():
    """Return what is answered at each path: made once, by who asks, as bombs take a second."""
    return {
        "/slow-headers": raw(b"HTTP/1.1 200 OK\r\nContent-", then=fall_silent),
        "/slow-body": raw(HEAD + b"Content-Length: 9999\r\n\r\n", BODY[:300], then=fall_silent),
        "/no-answer": raw(then=fall_silent),
        "/byte-a-second": raw(then=byte_by_byte),
        "/no-body": _stated(0, b""),
        "/blank-body": Answer(body=b" \r\n \0\0"),
        "/length-too-large": _stated(len(BODY) + 1000),
        "/length-too-small": _overlong(),
        "/length-too-small-at-once": _stated(BODY.index(b"</item>") + 100),
        "/endless-body": raw(then=endlessly),
        "/closed-at-once": raw(),
        "/reset-at-once": raw(then=reset),
        "/reset-in-head": raw(b"HTTP/1.1 200 OK\r\nContent-Ty", then=reset, pause_s=0.05),
        "/reset-before-body": raw(HEAD + b"Content-Length: 9999\r\n\r\n", then=reset, pause_s=0.05),
        "/reset-in-body": raw(HEAD + b"Content-Length: 9999\r\n\r\n", BODY[:300], then=reset, pause_s=0.05),
        "/reset-in-chunk": raw(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n<rss", then=reset, pause_s=0.05
        ),
        "/no-http": raw(b"220 mail.example ESMTP\r\n"),
        "/truncated-gzip": _coded("gzip", gzip.compress(BODY)[:-40]),
        "/not-gzip": _coded("gzip", BODY),
        "/gzip-bomb": _coded("gzip", _zeros(zlib.compressobj(wbits=31))),
        "/unnamed-bomb": Answer(body=_zeros(zlib.compressobj(wbits=31))),
        "/br-bomb": _coded("br", _zeros(BrotliCompressor())),
        "/zstd-bomb": _coded("zstd", _zeros(zstandard.ZstdCompressor().compressobj())),
        "/double-bomb": _coded("br, gzip", gzip.compress(_zeros(BrotliCompressor()))),
        "/endless-redirects": _onward,
        "/loop": Answer(status=301, headers={"Location": "/loop-back"}),
        "/loop-back": Answer(status=302, headers={"Location": "/loop"}),
        "/to-itself": Answer(status=308, headers={"Location": "/to-itself"}),
        "/to-file": Answer(status=301, headers={"Location": "file:///etc/passwd"}),
        "/to-nowhere": Answer(status=302),
        "/cookies": Answer(body=BODY, headers={"Set-Cookie": ("id=1; Path=/", "track=2; Domain=localhost")}),
        "/304-with-body": _not_modified,
        "/304-unasked": Answer(status=304),
        "/partial": Answer(status=206, body=BODY[:300], headers={"Content-Range": "bytes 0-299/9999"}),
        "/login": Answer(
            body=b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Password</form></body></html>",
            headers={"Content-Type": "text/html"},
        ),
        "/empty-feed": Answer(body=channel()),
    }
