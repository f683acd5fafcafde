"""TLS that fails: before, within and after the handshake."""

import ssl
from pathlib import Path

import pytest

from tests.hostile.listener import listening
from tests.hostile.server import BODY, HEAD, HostileServer, fall_silent, reset

CERTIFICATE = Path(__file__).parent.parent / "fetch" / "self_signed.pem"
THEIRS = "it is tried again later; if it stays, tell the publisher"


def context():
    """Return TLS with a certificate that nobody vouches for."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(CERTIFICATE)
    return made


def test_an_untrusted_certificate_is_refused(rig):
    """The exchange ends before a request is sent, and the line says why."""
    with HostileServer(tls=context()) as server:
        server.serve("/feed", BODY)
        reported = rig.round(url=f"{server.url}/feed")
        assert not server.requests
    assert reported.outcome == "failed"
    assert reported.error.startswith(
        f"{rig.url}: the TLS connection failed: the certificate is not trusted ("
    )
    assert "self-signed certificate" in reported.error
    assert reported.error.endswith(THEIRS)


def hang_up(connection):
    """Close as soon as the client has said hello."""
    connection.recv(4096)


def hang_up_hard(connection):
    """Reset as soon as the client has said hello."""
    connection.recv(4096)
    reset(connection)


def speak_plainly(connection):
    """Answer the client's hello with plain HTTP."""
    connection.recv(4096)
    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY)


def alert(connection):
    """Answer the client's hello with the alert that the handshake failed (RFC 8446 section 6)."""
    connection.recv(4096)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")


@pytest.mark.parametrize("answer", [hang_up, hang_up_hard, speak_plainly, alert])
def test_a_handshake_that_fails_is_a_failure(rig, answer):
    """Closed, reset, answered in plain text or with an alert: one line that says TLS, and nothing read."""
    with listening(answer) as (port, _):
        reported = rig.round(url=f"https://127.0.0.2:{port}/feed")
    assert (reported.outcome, reported.poll.new) == ("failed", 0)
    assert reported.error.startswith(f"{rig.url}: ")
    assert "TLS connection failed" in reported.error or "cannot connect" in reported.error
    assert reported.error.endswith("http:// may be meant" if answer is speak_plainly else THEIRS)


def test_a_silent_handshake_ends_with_the_connect_time(rig):
    """A port that accepts and then says nothing is given up after connecting took too long."""
    with listening(fall_silent) as (port, _):
        reported = rig.round(url=f"https://127.0.0.2:{port}/feed", connect_timeout_s=0.3)
    assert reported.error == f"{rig.url}: no connection within 0.3 s: {THEIRS}"
    assert reported.order == ("good", "hostile")


def test_a_redirect_to_broken_tls_names_that_hop(rig):
    """Where the second hop fails, its address stands in the error."""
    with listening(alert) as (port, _):
        rig.server.redirect("/to-tls", f"https://127.0.0.2:{port}/x")
        reported = rig.round("/to-tls")
    assert reported.error.startswith(f"https://127.0.0.2:{port}/x: the TLS connection failed: ")
