"""``/metrics``: who may read it, over real sockets."""

import socket

import pytest
from structlog.testing import capture_logs

from aggregator.serve import MetricsAccess, Server, create_app
from aggregator.serve.metrics_page import is_loopback
from tests.serve.client import Client


def count(text=b"polls 3\n"):
    """Return what renders this text."""
    return lambda: text


@pytest.fixture
def local(tree):
    """A server whose metrics are for programs on this machine."""
    with Server(create_app(tree, metrics=MetricsAccess(render=count())), "127.0.0.1", 0) as server:
        yield server


def ask(server, head):
    """Return the answer to a request that is sent as it stands."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        client.sendall(head)
        answer = b""
        while part := client.recv(65_536):
            answer += part
    return answer


def test_a_program_on_this_machine_reads_the_metrics(local):
    """They are in the text format of Prometheus, and no cache keeps them."""
    with Client(local.port) as client:
        reply = client.get("/metrics")
    assert (reply.status, reply.body) == (200, b"polls 3\n")
    assert reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "field",
    [
        "X-Forwarded-For: 203.0.113.7",
        "x-real-ip: 203.0.113.7",
        "Forwarded: for=203.0.113.7",
        "Via: 1.1 varnish",
        "X-Forwarded-Proto: https",
    ],
)
def test_a_proxy_on_this_machine_gets_nothing(local, field):
    """It asks for somebody elsewhere, which a field that it adds says."""
    host = f"Host: 127.0.0.1:{local.port}\r\n"
    answer = ask(local, f"GET /metrics HTTP/1.1\r\n{host}Connection: close\r\n{field}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"polls" not in answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET /metrics HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: localhost.news.example:80\r\nConnection: close\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: [::1\r\nConnection: close\r\n\r\n",
        b"GET /metrics HTTP/1.0\r\nHost: 127.0.0.1:8080\r\n\r\n",
        b"GET /metrics HTTP/1.0\r\n\r\n",
        b"GET http://news.example/metrics HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n",
    ],
)
def test_a_request_for_a_public_host_gets_nothing(local, head):
    """So asks a proxy that passes the host on, or nginx as it comes, and a page whose name leads here."""
    assert b"polls" not in ask(local, head)


def test_metrics_are_for_nobody_unless_somebody_is_named(tree):
    """A server without them has nothing at the address."""
    with Server(create_app(tree), "127.0.0.1", 0) as server, Client(server.port) as client:
        assert client.get("/metrics").status == 404


def test_metrics_may_be_for_anybody(tree):
    """Where the operator says so, a proxy gets them, too."""
    access = MetricsAccess(render=count(), is_public=True)
    with Server(create_app(tree, metrics=access), "127.0.0.1", 0) as server, Client(server.port) as client:
        reply = client.get("/metrics", X_Forwarded_For="203.0.113.7")
        assert (reply.status, reply.body) == (200, b"polls 3\n")
        assert client.ask("POST", "/metrics", Content_Length="0").status == 405


def test_metrics_that_cannot_be_rendered_are_no_end_of_the_server(tree):
    """The answer is 503, the log has the reason, and the answer does not."""

    def break_down():
        raise ValueError("secret")

    app = create_app(tree, metrics=MetricsAccess(render=break_down))
    with capture_logs() as lines, Server(app, "127.0.0.1", 0) as server, Client(server.port) as client:
        reply = client.get("/metrics")
        assert client.get("/town/note.txt").status == 200
    assert reply.status == 503
    assert b"secret" not in reply.body
    assert [line["event"] for line in lines] == ["metrics"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("::ffff:203.0.113.7", False),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback_is_told_from_the_rest(host, expected):
    """By the address, in either version, or by the one name that is always this machine."""
    assert is_loopback(host) is expected
