"""What can go wrong on the wire: each ends as one plain line of our own errors."""

import asyncio
import contextlib
import logging
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from aggregator.errors import BodyTooLarge, FetchError, FetchTimeout
from aggregator.fetch.feed import Fetcher
from tests.fetch.client import fetch, fetch_with, limits
from tests.loopback import Answer, Loopback, raw

HEAD = b"HTTP/1.1 200 OK\r\n"


def refused(loopback, answer, kind=FetchError, **within):
    """Fetch ``answer`` and return the one line it fails with; it is exactly of ``kind``."""
    with pytest.raises(kind) as caught:
        fetch(loopback.route("/feed", answer), within=limits(**within))
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)
    assert caught.value.url == loopback.url + "/feed"
    return caught.value.reason


def test_refused_connection():
    """Nobody listens: the system's word for it comes through."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(FetchError, match=r"cannot connect: .*refused"):
        fetch(f"http://127.0.0.1:{port}/")


def test_connection_closed_without_an_answer(loopback):
    """The server hangs up before it says anything."""
    assert "without an answer" in refused(loopback, raw())


def test_reset_connection(loopback):
    """The server resets the connection in the middle of a body."""

    def reset(connection):
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\nabc")
        time.sleep(0.05)
        linger = (1).to_bytes(4, "little") + bytes(4)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.close()

    reason = refused(loopback, Answer(raw=reset))
    assert "connection was lost" in reason or "truncated" in reason


def test_body_shorter_than_announced(loopback):
    """Content-Length promised more than came."""
    assert "truncated" in refused(loopback, raw(HEAD + b"Content-Length: 100\r\n\r\nabc"))


def test_chunked_body_without_its_end(loopback):
    """The last chunk never came."""
    answer = raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    assert "truncated" in refused(loopback, answer)


def test_chunked_body_is_put_together(loopback):
    """Chunks come out as one body."""
    answer = raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n")
    assert fetch(loopback.route("/feed", answer)).body == b"hello!"


def test_body_until_the_connection_ends(loopback):
    """Without a length the body ends with the connection."""
    assert fetch(loopback.route("/feed", raw(b"HTTP/1.0 200 OK\r\n\r\nold", b" style"))).body == b"old style"


def test_bytes_after_the_announced_length_are_not_the_body(loopback):
    """A body longer than announced is cut there, and its rest is no answer to the next request."""
    loopback.route(
        "/feed", raw(HEAD + b"Content-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
    )
    loopback.route("/next", Answer(body=b"true"))

    async def both(fetcher):
        return [(await fetcher.get(loopback.url + path)).body for path in ("/feed", "/next")]

    assert fetch_with(both) == [b"abc", b"true"]


@pytest.mark.parametrize("length", [b"abc", b"-5", b"3\r\nContent-Length: 4"])
def test_impossible_length(loopback, length):
    """A length that is no length makes the answer invalid."""
    assert "not valid HTTP" in refused(loopback, raw(HEAD + b"Content-Length: " + length + b"\r\n\r\nabc"))


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>not http</html>\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"\x16\x03\x01" * 50,
        HEAD + b"no colon\r\n\r\n",
    ],
)
def test_answer_that_is_no_http(loopback, answer):
    """What does not start like an answer is said to be none."""
    assert "not valid HTTP" in refused(loopback, raw(answer))


def test_large_header(loopback):
    """A field of 64 KiB is refused, one of 16 KiB is not."""
    assert "not valid HTTP" in refused(loopback, Answer(headers={"X-Big": "x" * 65_536}))
    assert fetch(loopback.route("/feed", Answer(headers={"X-Big": "x" * 16_384}))).status == 200


def test_too_many_headers(loopback):
    """Hundreds of fields are refused."""
    assert "not valid HTTP" in refused(loopback, Answer(headers={f"X-{n}": "x" for n in range(500)}))


def test_announced_size_stops_before_the_body(loopback):
    """A length above the limit is enough to end the exchange: not a byte of the body is awaited."""

    def announce(connection):
        connection.sendall(HEAD + b"Content-Length: 2000\r\n\r\n")
        connection.recv(1)

    reason = refused(loopback, Answer(raw=announce), BodyTooLarge, max_body_bytes=1999)
    assert "1999 bytes of fetch.max_body_bytes" in reason


def test_endless_body_stops_at_the_limit(loopback):
    """A body that never ends is dropped at the limit, and the connection with it."""
    ended = threading.Event()

    def pour(connection):
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b"x" * 65_536)
        ended.set()

    refused(loopback, Answer(raw=pour), BodyTooLarge, max_body_bytes=1_000_000)
    assert ended.wait(60)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200", HEAD + b"Content-Length: 9\r\n\r\n<rss"])
def test_server_that_falls_silent(loopback, start):
    """Silence before, within or after the head ends with the time limit."""

    def fall_silent(connection):
        connection.sendall(start)
        connection.recv(1)

    started = time.monotonic()
    assert (
        refused(loopback, Answer(raw=fall_silent), FetchTimeout, timeout_s=0.3)
        == "the exchange took longer than the 0.3 s of fetch.timeout_s: "
        "it is tried again later; if it stays, tell the publisher"
    )
    assert 0.25 < time.monotonic() - started < 3


def test_server_that_drips(loopback):
    """A byte now and then does not keep an exchange alive."""

    def drip(connection):
        connection.sendall(HEAD + b"Content-Length: 9999\r\n\r\n")
        while connection.send(b"x"):
            time.sleep(0.05)

    refused(loopback, Answer(raw=drip), FetchTimeout, timeout_s=0.3)


def test_connect_time_is_limited():
    """A connection that is never accepted ends after the connect limit, before the whole one."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        crowd = [socket.socket() for _ in range(8)]
        for client in crowd:
            client.setblocking(False)
            client.connect_ex(address)
        try:
            with pytest.raises(FetchTimeout, match=r"no connection within 0\.3 s"):
                fetch(f"http://127.0.0.1:{address[1]}/", within=limits(connect_timeout_s=0.3))
        finally:
            for client in crowd:
                client.close()


def test_tls_to_a_server_without_it(loopback):
    """https where plain HTTP is spoken says that TLS failed, and what may be meant."""
    with pytest.raises(
        FetchError, match=r"TLS connection failed: the server speaks no TLS .* http:// may be meant"
    ):
        fetch(loopback.url.replace("http:", "https:"))


def test_untrusted_certificate_is_refused():
    """A certificate that nobody vouches for ends the exchange before a request is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parent / "self_signed.pem")
    with Loopback(tls=context) as server:
        server.route("/feed", Answer(body=b"secret"))
        with pytest.raises(FetchError, match="certificate is not trusted"):
            fetch(server.at("localhost", "/feed"), headers={"X-Key": "s3cret"})
        assert not server.requests


@pytest.mark.parametrize("headers", [{"X-Key": "a\r\nX-Evil: b"}, {"X-Key\n": "a"}])
def test_header_that_cannot_be_sent(loopback, headers):
    """A configured header with a line break is refused, not split in two."""
    with pytest.raises(FetchError, match="cannot be asked for"):
        fetch(loopback.route("/feed", Answer()), headers=headers)
    assert not loopback.requests


def test_cancelling_passes_and_leaves_the_fetcher_usable(loopback):
    """A cancelled fetch raises CancelledError; its slot and connection are free again."""
    loopback.route("/slow", Answer(raw=lambda connection: connection.recv(1)))
    loopback.route("/feed", Answer(body=b"x"))

    async def steps(fetcher):
        for _ in range(3):
            task = asyncio.create_task(fetcher.get(loopback.url + "/slow"))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        return (await fetcher.get(loopback.url + "/feed")).body

    assert fetch_with(steps, within=limits(per_host=1, concurrency=1)) == b"x"


def test_fetcher_shuts_down_in_silence(loopback, caplog):
    """Leaving it with idle and with broken connections warns of nothing and logs nothing."""
    loopback.route("/feed", Answer(body=b"x"))
    loopback.route("/cut", raw(HEAD + b"Content-Length: 9\r\n\r\nx"))

    async def run():
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        loop.slow_callback_duration = 60  # that a busy machine is slow is no warning of ours
        async with Fetcher(limits()) as fetcher:
            for path in ("/feed", "/cut", "/missing", "/feed"):
                await asyncio.gather(fetcher.get(loopback.url + path), return_exceptions=True)

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
    assert not caplog.records
