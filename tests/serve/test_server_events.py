"""What goes wrong with clients: counted, told in a line a minute, never with a traceback."""

import logging
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import structlog
from structlog.testing import capture_logs

from aggregator.serve import ClientLimits, Server, create_app
from aggregator.serve.server_events import EventCounts, UvicornLog
from tests.serve.busy_hubs import BusyHubs
from tests.serve.client import Client

LIMITS = ClientLimits(connections=20, head_s=0.3)


def test_a_minute_has_one_line():
    """The first trouble is told at once, what follows within a minute together with its end."""
    tally = EventCounts()
    with capture_logs() as lines:
        tally.log_counts(100, connections=3)
        tally.count("late_requests")
        tally.log_counts(101, connections=3)
        for _ in range(1_000):
            tally.count("refused")
            tally.log_counts(120, connections=4)
        tally.log_counts(162, connections=5)
        tally.log_counts(300, connections=5)
    assert lines == [
        {"event": "server", "log_level": "info", "late_requests": 1, "connections": 3},
        {"event": "server", "log_level": "warning", "refused": 1000, "connections": 5},
    ]


def test_a_log_that_cannot_be_written_stops_nothing():
    """A full disk below standard error is no error of who counts."""

    def fail(*_):
        raise OSError(28, "No space left on device")

    tally = EventCounts()
    tally.count("refused")
    before = structlog.get_config()
    structlog.configure(processors=[fail])
    try:
        tally.log_counts(0, connections=1)
    finally:
        structlog.configure(**before)


def test_what_uvicorn_logs_is_counted():
    """Its bare lines become counts, an error one line that says where; a cancelled task is nothing."""
    tally = EventCounts()
    logger = logging.Logger("uvicorn.error")
    logger.addHandler(UvicornLog(tally))
    logger.info("Started server process [%d]", 1)
    logger.warning("Invalid HTTP request received.")
    for error in (OSError("disk\nfull"), KeyboardInterrupt()):
        logger.error("Exception in ASGI application\n", exc_info=error)
    logger.warning("Something new: %s", "x")
    with capture_logs() as lines:
        tally.log_counts(0, connections=0)
    (line,) = lines
    assert (line["bad_requests"], line["failed_answers"], line["problems"]) == (1, 2, 1)
    assert "\n" not in line["error"]


def test_bad_requests_and_failures_write_no_bare_lines(tree, capfd):
    """Garbage, late heads and a file that cannot be read: nothing on standard error, one line in the log."""
    folder = Path("/proc/self") if Path("/proc/self/mem").exists() else tree
    with capture_logs() as lines, Server(create_app(folder), "127.0.0.1", 0, limits=LIMITS) as server:
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
                raw.sendall(b"garbage\r\n\r\n")
                assert raw.recv(100).startswith(b"HTTP/1.1 400 ")
            with Client(server.port) as client:
                client.get("/mem")
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as late:
            assert late.recv(10) == b""
    assert capfd.readouterr().err == ""
    reported = [line for line in lines if line["event"] == "server"]
    assert len(reported) <= 2  # the first at once, the rest as it stops
    assert sum(line.get("bad_requests", 0) for line in reported) == 5
    assert sum(line.get("late_requests", 0) for line in reported) == 1


def test_health_is_reported_while_every_thread_is_busy(tree):
    """A store that is locked does not keep health from being told."""
    hubs = BusyHubs()
    push = b"POST /_websub/" + b"t" * 30 + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"
    app = create_app(tree, health=lambda: {"ok": True}, hubs=hubs)
    with Server(app, "127.0.0.1", 0) as server, ExitStack() as stack:
        stack.callback(hubs.end.set)
        for _ in range(40):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port))).sendall(push)
        while not hubs.asked:
            time.sleep(0.01)
        with Client(server.port) as client:
            assert client.get("/healthz").status == 200


def test_a_health_that_hangs_is_reported_as_failing(tree):
    """Whoever asks gets an answer in time, also where the service cannot say anything."""
    app = create_app(tree, health=lambda: time.sleep(1) or {}, health_within_s=0.2)
    with Server(app, "127.0.0.1", 0) as server:
        with Client(server.port) as client:
            assert client.get("/healthz").status == 503
        with Client(server.port) as client:
            assert client.get("/").status == 200


def test_a_health_that_fails_is_reported_once(tree):
    """However often it is asked, the log has a line, and another one when it fails after it was well."""
    answers = iter([1, 1, 0, 1])
    app = create_app(tree, health=lambda: {"ratio": 1 / (1 - next(answers))})
    with capture_logs() as lines, Server(app, "127.0.0.1", 0) as server, Client(server.port) as client:
        assert [client.get("/healthz").status for _ in range(4)] == [503, 503, 200, 503]
    assert [line["error"].split(":")[0] for line in lines] == ["ZeroDivisionError"] * 2


PROGRAM = """
import resource
import sys
from pathlib import Path
from aggregator.serve import create_app, serve_forever
resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60))
serve_forever(create_app(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]))
"""


def test_without_file_descriptors_it_goes_on(tree):
    """Where they run out although connections are bounded, some make room, and the log has one line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tree), str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process, ExitStack() as stack:  # fmt: skip
        wait_until_it_listens(port)
        for _ in range(100):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
        started = time.monotonic()
        with Client(port) as client:
            assert client.get("/healthz").status == 200
        assert time.monotonic() - started < 3
        process.terminate()
        reported, _ = process.communicate(timeout=60)
    assert "no_descriptors" in reported
    assert len(reported.splitlines()) <= 2
    assert process.returncode == 0


def wait_until_it_listens(port):
    """Return once something listens on the port."""
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return
