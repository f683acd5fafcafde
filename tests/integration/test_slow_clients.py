"""More slow clients than the service has file descriptors, while it polls and publishes."""

import contextlib
import resource
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.integration.site import SiteFolder, ago, item, read_until, rss
from tests.loopback import Answer
from tests.processes import resident_bytes

DESCRIPTORS = 1_024
CLIENTS = 1_100
SOURCES = 40
HUGE_BYTES = 30_000_000
SLOW = [
    b"",
    b"GET / HTTP/1.1\r\nHost: x\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc",
    b"GET /huge.bin HTTP/1.1\r\nHost: x\r\n\r\n",
]
LIMITED = f"import resource, runpy; resource.setrlimit(resource.RLIMIT_NOFILE, ({DESCRIPTORS}, {DESCRIPTORS})); runpy.run_module('aggregator', run_name='__main__')"


@pytest.fixture
def site(tmp_path, loopback):
    """A site with many sources on loopback, polled every second or two, and a large file to read."""
    date = ago(hours=1)
    sources = []
    for number in range(SOURCES):
        loopback.route(f"/{number}", Answer(body=rss(item(number, date))))
        sources.append({"id": f"s{number}", "url": f"{loopback.url}/{number}"})
    site = SiteFolder(tmp_path, sources, server={"port": 0}, fetch={"per_host": 8, "per_domain": 100})
    site.feeds.mkdir()
    (site.feeds / "huge.bin").write_bytes(b"x" * HUGE_BYTES)
    return site


@pytest.fixture
def program(site):
    """The service with few file descriptors; ``program.log`` is what it says on standard error."""
    log = site.folder / "log"
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            [sys.executable, "-u", "-c", LIMITED, "run", "--config", str(site.config)],
            stdout=subprocess.PIPE, stderr=stderr, text=True,
        ) as program,
    ):  # fmt: skip
        try:
            program.log = log
            program.port = urlsplit(read_until(program, "feeds and pages").split()[-1]).port
            yield program
        finally:
            program.kill()


@pytest.mark.skipif(
    resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 2 * CLIENTS,
    reason="needs file descriptors for the clients",
)
def test_slow_clients_take_nothing_from_polling_and_readers(site, program, descriptors):
    """Every source is polled, health is told within seconds, and neither memory nor log grows."""
    before = resident_bytes(program.pid)
    with ExitStack() as stack:
        for number in range(CLIENTS):
            connection = stack.enter_context(
                socket.create_connection(("127.0.0.1", program.port), timeout=60)
            )
            connection.setblocking(False)
            with contextlib.suppress(OSError):
                connection.send(SLOW[number % len(SLOW)])
        seen = program.log.stat().st_size
        waits = []
        for _ in range(8):
            started = time.monotonic()
            with urlopen(f"http://127.0.0.1:{program.port}/healthz", timeout=60) as answer:
                assert answer.status == 200
            waits.append(time.monotonic() - started)
            time.sleep(0.5)
        grown = resident_bytes(program.pid) - before
        lines = program.log.read_bytes()[seen:].decode().splitlines()
    assert sorted(waits)[-2] < 5  # the first comes in the middle of the rush, on a machine that may be busy
    polled = {word for line in lines if "event=poll " in line for word in line.split() if "source=" in word}
    assert len(polled) == SOURCES
    assert not [line for line in lines if "failed" in line and "event=picture" not in line]
    others = [line for line in program.log.read_text().splitlines() if "event=" not in line]
    assert not others
    assert len([line for line in lines if "event=server" in line]) <= 1
    assert grown < 150_000_000


@pytest.fixture
def descriptors():
    """As many file descriptors as the clients need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * CLIENTS + 1_000), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
