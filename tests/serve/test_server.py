"""The server as a running thing: health, many clients, start and stop."""

import asyncio
import gzip
import json
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import pytest

from aggregator.errors import AggregatorError
from aggregator.serve import Server, create_app
from tests.serve.client import Client

CLIENTS = 50
ROUNDS = 12


def ask_health(tree, health):
    """Return the status and the JSON of /healthz of a server with this health function."""
    with Server(create_app(tree, health=health), "127.0.0.1", 0) as server, Client(server.port) as client:
        reply = client.get("/healthz")
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    return reply.status, json.loads(reply.body)


def test_health_without_anything_to_ask(tree):
    """A server alone is well as long as it answers."""
    assert ask_health(tree, None) == (200, {"status": "ok"})


def test_health_carries_what_the_service_says(tree):
    """What the service tells about itself stands in the answer, also what JSON has no form for."""
    status, said = ask_health(tree, lambda: {"ok": True, "sources": 3, "status": "mine", "path": tree})
    assert (status, said) == (200, {"status": "ok", "ok": True, "sources": 3, "path": str(tree)})


def test_a_degraded_service_is_well(tree):
    """What works in spite of something says what, with 200; what does not work is failing all the same."""
    reported = {"ok": True, "degraded": ["the configuration"]}
    assert ask_health(tree, lambda: reported) == (200, {**reported, "status": "degraded"})
    assert ask_health(tree, lambda: {**reported, "ok": False})[1]["status"] == "failing"
    assert ask_health(tree, lambda: {"ok": True, "degraded": []})[1]["status"] == "ok"


def test_health_fails_where_the_service_says_so(tree):
    """A service that is not ok makes the answer 503, with what it said."""
    assert ask_health(tree, lambda: {"ok": False, "late": 7}) == (
        503,
        {"status": "failing", "ok": False, "late": 7},
    )


def test_health_fails_where_the_service_cannot_say(tree):
    """An error while asking makes the answer 503, and its text, which may be secret, stays inside."""

    def broken():
        raise RuntimeError("postgresql://user:password@db")

    status, said = ask_health(tree, broken)
    assert (status, said) == (503, {"status": "failing", "ok": False})


def test_many_clients_read_while_files_are_replaced(tree, server):
    """Every one of 50 clients gets whole versions only, each with the tag of its bytes, none older."""
    path = tree / "town/rss.xml"
    stop = threading.Event()
    replace(path, 0)
    replacing = threading.Thread(target=keep_replacing, args=(path, stop))
    replacing.start()
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            seen = list(pool.map(lambda number: read_often(server.port, number), range(CLIENTS)))
    finally:
        stop.set()
        replacing.join()
    contents = dict(pair for pairs in seen for pair in pairs)
    assert len(contents) > 2, "nothing was replaced while clients read"
    assert all(contents[tag] == body for pairs in seen for tag, body in pairs)
    for pairs in seen:
        versions = [int(body.split()[0]) for _, body in pairs]
        assert versions == sorted(versions)


def replace(path, version):
    """Put a version in place in one step: its number, over and over, more often for later ones."""
    unfinished = path.with_name(".new")
    unfinished.write_text(f"{version} " * (5000 + version))
    unfinished.replace(path)


def keep_replacing(path, stop):
    """Replace the file by ever new versions until told to stop."""
    version = 0
    while not stop.wait(0.005):
        version += 1
        replace(path, version)


def read_often(port, number):
    """Return tags and bodies as one client sees them, having checked that no versions are mixed."""
    pairs = []
    with Client(port) as client:
        for _ in range(ROUNDS):
            coding = "gzip" if number % 2 else "identity"
            reply = client.get("/town/rss.xml", Accept_Encoding=coding)
            assert reply.status == 200
            body = gzip.decompress(reply.body) if number % 2 else reply.body
            words = body.split()
            assert set(words) == {words[0]}
            assert len(words) == 5000 + int(words[0])
            pairs.append((reply.headers["ETag"].replace("-gzip", ""), body))
    return pairs


def test_start_and_stop_leave_nothing_behind(tree):
    """After stop no thread runs and the port is free again for another server."""
    before = set(threading.enumerate())
    port = 0
    for _ in range(3):
        server = Server(create_app(tree), "127.0.0.1", port)
        server.start()
        port = server.port
        assert server.url == f"http://127.0.0.1:{port}"
        with Client(port) as client:
            assert client.get("/").status == 200
            server.stop()
        assert set(threading.enumerate()) == before
        server.stop()


def test_stop_does_not_wait_for_clients_that_do_not_read(tree):
    """Idle connections are closed, and one that does not read its answer holds stop up shortly."""
    (tree / "huge.txt").write_bytes(b"x" * 30_000_000)
    before = set(threading.enumerate())
    server = Server(create_app(tree), "127.0.0.1", 0)
    server.start()
    with (
        socket.create_connection(("127.0.0.1", server.port)),
        socket.create_connection(("127.0.0.1", server.port)) as slow,
    ):
        slow.sendall(b"GET /huge.txt HTTP/1.1\r\nHost: x\r\n\r\n")
        assert select.select([slow], [], [], 5)[0]
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 5
    assert set(threading.enumerate()) == before


def test_an_answer_under_way_is_finished(tree):
    """stop() lets a request that is being worked on end with its answer."""
    entered, leave = threading.Event(), threading.Event()

    def slow():
        entered.set()
        leave.wait(60)
        return {"slow": True}

    server = Server(create_app(tree, health=slow), "127.0.0.1", 0)
    server.start()
    with Client(server.port) as client, ThreadPoolExecutor(2) as pool:
        asked = pool.submit(client.get, "/healthz")
        assert entered.wait(60)
        stopped = pool.submit(server.stop)
        time.sleep(0.3)
        leave.set()
        stopped.result(60)
        assert asked.result(5).status == 200


def test_it_runs_beside_another_event_loop(tree):
    """The server has its own loop in its own thread; the caller's may be busy with other work."""

    async def work():
        with Server(create_app(tree), "127.0.0.1", 0) as server, Client(server.port) as client:
            return client.get("/").status

    assert asyncio.run(work()) == 200


def test_answers_on_an_open_connection_come_at_once(reader):
    """Head and body leave without waiting for the client's delayed acknowledgement, some 40 ms."""
    waits = []
    for _ in range(21):
        started = time.monotonic()
        assert reader.get("/town/rss.xml").status == 200
        waits.append(time.monotonic() - started)
    assert median(waits) < 0.03


def test_a_taken_port_is_an_error_that_says_what_to_do(tree, server):
    """The second server on a port says which port and how to choose another."""
    with pytest.raises(AggregatorError) as caught:
        Server(create_app(tree), "127.0.0.1", server.port).start()
    assert str(caught.value) == f"port {server.port} is taken: choose another with --port or server.port"


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_host_that_is_not_ours_is_an_error(tree, host):
    """An address of another machine, or none at all, is refused with the setting's name."""
    with pytest.raises(AggregatorError, match=r"cannot listen on .*server\.host"):
        Server(create_app(tree), host, 0).start()


def test_ipv6_is_served(tree):
    """An IPv6 host is listened on, and stands in brackets in the address."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    with Server(create_app(tree), "::1", 0) as server:
        assert server.url == f"http://[::1]:{server.port}"
        with socket.create_connection(("::1", server.port)) as raw:
            raw.sendall(b"HEAD / HTTP/1.0\r\n\r\n")
            assert raw.recv(20).startswith(b"HTTP/1.1 200")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")
def test_a_file_that_cannot_be_read_is_an_error_page():
    """Where the disk fails the answer is 500, is not kept by caches, and the server goes on."""
    with Server(create_app(Path("/proc/self")), "127.0.0.1", 0) as server:
        with Client(server.port) as client:
            reply = client.get("/mem")  # its first byte is never readable
        assert (reply.status, reply.headers["Cache-Control"]) == (500, "no-store")
        with Client(server.port) as client:
            assert client.get("/comm").status == 200


PROGRAM = """
import sys
from pathlib import Path
from statistics import median
from aggregator.serve import create_app, serve_forever
serve_forever(create_app(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]))
print("stopped")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_foreground_server_stops_on_signals(tree, number):
    """SIGTERM and Ctrl-C end serve_forever with its caller going on, and nothing on stderr."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(tree), str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        wait_until_it_answers(port)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "stopped\n", "")


def wait_until_it_answers(port):
    """Return once the server of another process on this port answers, at most after 20 seconds."""
    deadline = time.monotonic() + 60
    while not answers(port):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(port):
    """Return whether a server on this port sends the front page."""
    try:
        with Client(port) as client:
            return client.get("/").status == 200
    except ConnectionRefusedError:
        return False
