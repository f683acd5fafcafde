"""Clients that are slow, silent or too many: they go, and everybody else is served."""

import os
import re
import socket
import time
from contextlib import ExitStack, contextmanager, suppress

import pytest
from structlog.testing import capture_logs

from aggregator.serve import ClientLimits, Server, choose_limits, create_app
from aggregator.serve.connections import Connections, Phase, limit_address
from aggregator.serve.server_events import EventCounts
from tests.serve.busy_hubs import BusyHubs
from tests.serve.client import Client

SHORT = ClientLimits(connections=20, per_address=5, head_s=0.4, body_s=0.8, stall_s=0.6, linger_s=0.4)
PATIENT = ClientLimits(connections=20, per_address=5)
GET = b"GET /town/note.txt HTTP/1.1\r\nHost: x\r\n\r\n"


@contextmanager
def serving(tree, limits, **options):
    """A server of ``tree`` with these limits."""
    with Server(create_app(tree, **options), "127.0.0.1", 0, limits=limits) as server:
        yield server


def connect(server, *sent):
    """Return a connection on which this was sent."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    for data in sent:
        connection.sendall(data)
    return connection


def read_all(connection):
    """Return what comes until the server hangs up; a reset may follow what was not read."""
    received = b""
    with suppress(ConnectionResetError):
        while data := connection.recv(65536):
            received += data
    return received


def seconds_until_closed(connection):
    """Return after how long the server hung up, having said anything or not."""
    started = time.monotonic()
    read_all(connection)
    return time.monotonic() - started


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 20_000,
        b"POST /_websub/" + b"t" * 30 + b" HTTP/1.1\r\nHost: x\r\nContent-Le",
    ],
)
def test_a_request_that_does_not_become_whole_is_hung_up_on(tree, sent):
    """Whatever of its head a client has sent, or nothing, its time ends."""
    with serving(tree, SHORT) as server, connect(server, sent) as slow:
        assert 0.2 < seconds_until_closed(slow) < 2


def test_a_head_that_trickles_is_hung_up_on(tree):
    """A byte now and then does not lengthen the time for the head."""
    with serving(tree, SHORT) as server, connect(server, b"GET / HTTP/1.1\r\nX-Slow: ") as slow:
        started = time.monotonic()
        with suppress(OSError):
            while time.monotonic() - started < 3:
                slow.sendall(b"a")
                time.sleep(0.05)
        assert time.monotonic() - started < 2


def test_the_second_request_has_its_time_too(tree):
    """On a connection that is kept, an unfinished request ends it like the first one."""
    with serving(tree, SHORT) as server, connect(server, GET) as slow:
        assert slow.recv(65536).startswith(b"HTTP/1.1 200")
        slow.sendall(b"GET / HTTP/1.1\r\nHost")
        assert seconds_until_closed(slow) < 2


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"PUT /nothing HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n",
    ],
)
def test_a_body_that_nobody_reads_does_not_hold_the_connection(tree, sent):
    """The answer comes whole, and the connection ends although the body never does."""
    with serving(tree, SHORT) as server, connect(server, sent) as slow:
        assert slow.recv(12) in {b"HTTP/1.1 200", b"HTTP/1.1 405"}
        started = time.monotonic()
        with suppress(OSError):
            while time.monotonic() - started < 4:
                slow.sendall(b"a")
                time.sleep(0.05)
        assert time.monotonic() - started < 3


def test_a_refusal_reaches_a_client_that_is_still_sending(tree):
    """An answer that comes before the body's end is not destroyed by closing the connection."""
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n"
    with serving(tree, PATIENT) as server, connect(server, head) as client:
        client.sendall(b"x" * 3_000_000)
        answer = read_all(client)
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert answer.endswith(b"</html>\n")


def test_an_honest_client_is_served_among_many_silent_ones(tree):
    """However many connections say nothing, whoever asks is answered at once, and health is told."""
    with serving(tree, PATIENT) as server, ExitStack() as stack:
        for number in range(60):
            stack.enter_context(connect(server, b"GET / HTTP/1.1\r\n" if number % 2 else b""))
        started = time.monotonic()
        for path in ("/", "/healthz", "/town/rss.xml"):
            with Client(server.port) as client:
                assert client.get(path).status == 200
        assert time.monotonic() - started < 5


def test_health_is_reported_where_all_connections_are_being_answered(tree):
    """Beyond the limit others are told to come back; they too count only as long as they take."""
    hubs = BusyHubs()
    push = b"POST /_websub/" + b"t" * 30 + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"
    with serving(tree, PATIENT, hubs=hubs) as server, ExitStack() as stack:
        stack.callback(hubs.end.set)
        for _ in range(20):
            stack.enter_context(connect(server, push))
        for _ in range(30):
            stack.enter_context(connect(server))
        time.sleep(0.2)
        for path, status in (("/healthz", 200), ("/", 503), ("/healthz", 200)):
            with Client(server.port) as client:
                assert client.get(path).status == status
        assert server.connection_count <= 20 + 16


def test_readers_that_stall_make_room(tree):
    """However many ask for a large file and read nothing, health is told, and soon others are served."""
    (tree / "huge.bin").write_bytes(b"x" * 20_000_000)
    os.utime(tree / "huge.bin", (1_700_000_000, 1_700_000_000))
    with serving(tree, PATIENT) as server, ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(connect(server, b"GET /huge.bin HTTP/1.1\r\nHost: x\r\n\r\n"))
        started = time.monotonic()
        statuses = [0]
        while statuses[-1] != 200 and time.monotonic() - started < 5:
            with Client(server.port) as health, Client(server.port) as other:
                assert health.get("/healthz").status == 200
                statuses.append(other.get("/").status)
            time.sleep(0.1)
        assert set(statuses[1:-1]) <= {503}
        assert statuses[-1] == 200


def test_connections_stay_within_the_limit(tree):
    """The oldest silent connection makes room for a new one; no more are ever open."""
    with serving(tree, PATIENT) as server, ExitStack() as stack:
        silent = [stack.enter_context(connect(server)) for _ in range(30)]
        with Client(server.port) as client:
            assert client.get("/").status == 200
        assert server.connection_count <= 20
        assert seconds_until_closed(silent[0]) < 1
        silent[-1].sendall(GET)
        assert silent[-1].recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("name", ["huge.bin", "huge.json"])
@pytest.mark.parametrize("header", [b"", b"Connection: close\r\n"])
def test_readers_that_stall_are_hung_up_on(tree, name, header):
    """A client that asks for much and reads nothing goes, one that reads slowly gets all."""
    (tree / name).write_bytes(b"x" * 20_000_000)
    ask = b"GET /%s HTTP/1.1\r\nHost: x\r\n%s\r\n" % (name.encode(), header)
    with serving(tree, SHORT) as server, connect(server, ask) as stalled, connect(server, ask) as reading:
        total = 0
        while total < 20_000_000:
            total += len(reading.recv(500_000))
            time.sleep(0.02)
        time.sleep(0.5)
        assert server.connection_count == (0 if header else 1)
        assert seconds_until_closed(stalled) < 2


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\nHost: x\n\n",
        b"GET / HTTP/1.1\r\nHost: x\n\r\n",
        b"GET / HTTP/1.1\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: b\n\nGET /secret HTTP/1.1\r\n\r\n",
        b"\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 33_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 33_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 6_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    ],
)
@pytest.mark.parametrize("first", [b"", GET])
def test_dangerous_heads_are_refused(tree, request_, first):
    """A bare LF, a head over 32 KB or a stray CR is 400, also behind another request on the connection."""
    with serving(tree, PATIENT) as server, connect(server, first + request_) as client:
        answer = read_all(client)
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"400"][not first :]


def test_a_head_of_thirty_kilobytes_is_read(tree):
    """Long cookies are a nuisance, no attack; in one piece and in many."""
    head = b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 30_000 + b"\r\n\r\n"
    with serving(tree, PATIENT) as server:
        with connect(server, head) as client:
            assert client.recv(12) == b"HTTP/1.1 200"
        pieces = [head[start : start + 1_000] for start in range(0, len(head), 1_000)]
        with connect(server, *pieces) as client:
            assert client.recv(12) == b"HTTP/1.1 200"


def test_nothing_is_read_behind_a_chunked_body(tree):
    """Where such a body ends is what smuggling plays with: its connection is not used again."""
    chunked = (
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\nGET /town/ HTTP/1.1\r\n\r\n"
    )
    with serving(tree, PATIENT) as server, connect(server, chunked) as client:
        answer = read_all(client)
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("protocol", ["h2c", "websocket", "TLS/1.0"])
def test_another_protocol_is_not_taken_up(tree, protocol):
    """A client that offers HTTP/2 or WebSocket is answered in HTTP/1.1, and asks on."""
    ask = f"GET /town/note.txt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n"
    with capture_logs() as lines, serving(tree, PATIENT) as server, connect(server) as client:
        for _ in range(2):
            client.sendall(ask.encode())
            answer = b""
            while not answer.endswith(b"A note"):
                answer += client.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200")
    assert not lines


def test_stop_does_not_wait_for_slow_clients(tree):
    """Whatever a client is in the middle of, the server ends in time."""
    half = [b"", b"GET /", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", GET]
    with ExitStack() as stack:
        with serving(tree, PATIENT) as server:
            for sent in half:
                stack.enter_context(connect(server, sent))
            time.sleep(0.2)
            started = time.monotonic()
        assert time.monotonic() - started < 2


def test_descriptors_are_left_for_polling():
    """With 1,024 of them fewer connections are taken; there is always room for some."""
    limits = choose_limits(1024, exchanges=72)
    assert limits.connections * 2 + 72 + 200 <= 1024
    assert choose_limits(100_000).connections == 500
    assert choose_limits(64, exchanges=1_000).connections == 16


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", None),
        ("::1", None),
        ("10.1.2.3", None),
        ("172.17.0.1", None),
        ("fe80::1%eth0", None),
        ("::ffff:192.168.0.1", None),
        ("", None),
        ("8.8.8.8", "8.8.8.8"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("2a00:1450:4001:82a::200e", "2a00:1450:4001:082a"),
        ("2a00:1450:4001:82a:1::2", "2a00:1450:4001:082a"),
    ],
)
def test_addresses_are_counted_by_client(host, address):
    """An IPv6 client is its network; proxies beside us bring everybody and are not counted."""
    assert limit_address(host) == address


class Table:
    """Connections whose slots note when they are hung up on."""

    def __init__(self, limits):
        self.table = Connections(limits, EventCounts())
        self.closed = []

    def open(self, host="8.8.8.8", now=0.0, phase=Phase.HEAD, name=""):
        """Open a slot that is in a phase since ``now``."""
        slot = self.table.open(host, now)
        if slot:
            slot.enter(phase, now)
            slot.hang_up = lambda: self.closed.append(name)
        return slot


def test_one_address_cannot_take_all_connections():
    """At its limit an address loses its own oldest request; other addresses lose nothing."""
    table = Table(PATIENT)
    for number in range(8):
        table.open("8.8.8.8", now=number, name=f"silent {number}")
        table.open(f"9.9.9.{number}", now=number)
    assert table.closed == ["silent 0", "silent 1", "silent 2"]
    for _ in range(5):
        table.open("7.7.7.7", phase=Phase.ANSWER, now=9)
    assert table.open("7.7.7.7", now=10) is None
    assert table.open("7.7.7.7", now=20) is not None, "an answer of which nothing moves makes room"


def test_what_is_closed_first():
    """Idle connections go first, then requests without head, without body, then answers that stand still."""
    table = Table(ClientLimits(connections=6, per_address=40))
    phases = [Phase.ANSWER, Phase.BODY, Phase.HEAD, Phase.HEAD, Phase.LINGER, Phase.IDLE]
    for number, phase in enumerate(phases):
        table.open(now=number, phase=phase, name=f"{phase.name} {number}")
    for _ in range(6):
        table.open("9.9.9.9", now=7, phase=Phase.ANSWER)
    assert table.closed == ["IDLE 5", "LINGER 4", "HEAD 2", "HEAD 3", "BODY 1", "ANSWER 0"]
    extra = [table.open("9.9.9.9", now=8, phase=Phase.ANSWER) for _ in range(17)]
    assert [slot.is_extra for slot in extra[:16]] == [True] * 16
    assert extra[16] is None


def test_a_last_piece_that_is_being_taken_is_not_cut_for_room():
    """An answer that is written out while its reader still takes it counts as one that is being given."""
    table = Table(ClientLimits(connections=2, per_address=2))
    reader = table.open(now=9, phase=Phase.IDLE, name="reader")
    table.open(now=1, phase=Phase.HEAD, name="silent")
    reader.waiting_bytes = lambda: 1_000
    table.open("9.9.9.9", now=9.5, phase=Phase.ANSWER)
    assert table.closed == ["silent"]


def test_an_answer_that_trickles_makes_room_in_the_end():
    """Who takes a little now and then keeps a connection for a minute, and longer only where there is room."""
    table = Table(ClientLimits(connections=2, per_address=2))
    slots = [table.open(phase=Phase.ANSWER, name=f"trickle {number}") for number in range(2)]
    for slot in slots:
        slot.waiting_bytes = lambda: 1_000
        slot.moved_at = 59
    assert table.open("9.9.9.9", now=59.5).is_extra
    slots[0].moved_at, slots[1].moved_at = 61, 60.5
    assert not table.open("9.9.9.9", now=61).is_extra
    assert table.closed[-1] == "trickle 1"
