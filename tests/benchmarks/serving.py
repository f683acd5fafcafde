"""What a request costs the built-in server beside nginx, which serves the same files.

    python -m tests.benchmarks.serving [--requests N] [--rounds N] [--json FILE]

A feed of 100 entries (RSS of about 137 KB, of the program's own rendering) is asked for over 16 connections
that are kept: whole, with its ETag (304), and in gzip, which nginx has beside the file (``gzip_static``). CPU is
user and system time of the server's processes. Servers take turns, the least of all rounds counts: on a
machine that does other things, what is more is theirs. nginx sends the same header fields.
"""

import argparse
import gzip
import json
import os
import random
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from getpass import getuser
from pathlib import Path

from aggregator.publish.feed_formats import RSS
from aggregator.publish.file_headers import cache_control
from aggregator.serve.file_headers import SECURITY, SHARING
from tests.builders import article, channel
from tests.publish.rendering import render_feed

ROOT = Path(__file__).parents[2]
CONNECTIONS = 16
FEED = "/ai/rss.xml"
KINDS = ("ok", "not_modified", "gzip")
_STATUS = {"ok": b"200", "not_modified": b"304", "gzip": b"200"}
_WORDS = ["rain", "over", "harbour", "moves", "north", "ferries", "wait", "trains", "coast", "late", "again"]
_PROGRAM = """
import sys
from pathlib import Path
from aggregator.serve import create_app, serve_forever
serve_forever(create_app(Path(sys.argv[1])), "127.0.0.1", int(sys.argv[2]))
"""
_NGINX = """
user {user}; worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 1000; }}
http {{
  access_log off; keepalive_requests 1000000; sendfile on; tcp_nopush on;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port}; root {folder}/feeds;
    types {{ "application/rss+xml; charset=utf-8" xml; }}
    gzip_static on; gzip_vary on;
{fields}
  }}
}}
"""


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=5_000, metavar="N", help="of a round (default: 5000)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="of each server (default: 5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    if nginx_path() is None:
        sys.exit("nginx is not installed: apt-get install nginx")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        size = write_tree(Path(folder) / "feeds")
        costs = measure(Path(folder), options.requests, options.rounds)
    print(f"a feed of 100 entries, {size:,} bytes; CPU per request in microseconds\n{table(costs)}")
    if options.json:
        options.json.write_text(json.dumps({"bytes": size, **report(costs)}, indent=2) + "\n")


def nginx_path() -> str | None:
    """Return where nginx is, which Debian keeps out of the path of plain users; None where it is not."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def write_tree(folder: Path) -> int:
    """Write the feed and its gzip, as old as a feed that did not change lately; return its length."""
    articles = [
        article(
            number,
            title=" ".join(_text(number, 9)).capitalize(),
            excerpt=" ".join(_text(number, 60)),
            authors=tuple(" ".join(_text(seed, 3)) for seed in range(number, number + 10)),
            featured_content=" ".join(_text(number, 160)),
        )
        for number in range(1, 101)
    ]
    body = render_feed(RSS, channel(), articles)
    path = folder / FEED.strip("/")
    path.parent.mkdir(parents=True)
    for file, content in ((path, body), (path.with_name("rss.xml.gz"), gzip.compress(body, 6, mtime=0))):
        file.write_bytes(content)
        os.utime(file, (time.time() - 3_600,) * 2)
    return len(body)


def _text(seed: int, words: int) -> list[str]:
    return random.Random(seed).choices(_WORDS, k=words)


def measure(folder: Path, requests: int, rounds: int) -> Mapping[str, Mapping[str, float]]:
    """Return the microseconds of each kind of request by server, the least of all rounds."""
    costs = {name: dict.fromkeys(KINDS, float("inf")) for name in ("nginx", "built-in")}
    with ExitStack() as stack:
        servers = {
            "nginx": stack.enter_context(run_nginx(folder)),
            "built-in": stack.enter_context(run_built_in(folder)),
        }
        for _ in range(rounds):
            for kind in KINDS:
                for name, (process, port) in servers.items():
                    cost = measure_round(process, port, kind, requests)
                    costs[name][kind] = min(costs[name][kind], cost)
    return costs


def report(costs: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the figures as they are written to a file."""
    ratios = {f"{kind}_ratio": round(costs["built-in"][kind] / costs["nginx"][kind], 2) for kind in KINDS}
    names = {"nginx": "nginx", "built-in": "built_in"}
    return {
        **ratios,
        **{f"{names[name]}_{kind}_us": round(of[kind], 1) for name, of in costs.items() for kind in KINDS},
    }


def table(costs: Mapping[str, Mapping[str, float]]) -> str:
    """Return a line for each server, and one of ratios."""
    ratios = report(costs)
    lines = [f"{'':12}{'200':>8}{'304':>8}{'gzip':>8}"]
    lines += [f"{name:12}" + "".join(f"{of[kind]:>8.1f}" for kind in KINDS) for name, of in costs.items()]
    return "\n".join(
        [*lines, f"{'ratio':12}" + "".join(f"{ratios[f'{kind}_ratio']:>8.2f}" for kind in KINDS)]
    )


def measure_round(process: subprocess.Popen[bytes], port: int, kind: str, requests: int) -> float:
    """Return the microseconds of CPU that a request of this kind costs."""
    ask = b"GET %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: benchmark\r\nAccept: */*\r\n" % FEED.encode()
    if kind == "gzip":
        ask += b"Accept-Encoding: gzip\r\n"
    if kind == "not_modified":
        ask += b"If-None-Match: %s\r\n" % read_etag(port, ask)
    send_requests(port, ask + b"\r\n", CONNECTIONS * 4, _STATUS[kind])  # connections and files are warm
    before = count_cpu_s(process.pid)
    send_requests(port, ask + b"\r\n", requests, _STATUS[kind])
    return (count_cpu_s(process.pid) - before) / requests * 1e6


def count_cpu_s(pid: int) -> float:
    """Return user and system time of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    ticks = 0
    for process in (pid, *map(int, children)):
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def read_etag(port: int, ask: bytes) -> bytes:
    """Return the ETag of what is asked for."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(ask + b"Connection: close\r\n\r\n")
        received = b""
        while data := connection.recv(65_536):
            received += data
    found = re.search(rb'\r\netag: ("[^"]+")', received, re.IGNORECASE)
    if found is None:
        raise RuntimeError(f"no ETag: {received[:300]!r}")
    return found[1]


def send_requests(port: int, ask: bytes, requests: int, status: bytes) -> None:
    """Send so many requests over ``CONNECTIONS`` connections, each when its last answer is whole."""
    buffer = memoryview(bytearray(256 * 1024))
    left, answered = requests, 0
    waiting: dict[socket.socket, int] = {}
    with selectors.DefaultSelector() as selector, ExitStack() as stack:
        for _ in range(min(CONNECTIONS, requests)):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection, selectors.EVENT_READ)
            connection.sendall(ask)
            waiting[connection] = 0
            left -= 1
        while answered < requests:
            for key, _ in selector.select():
                connection = key.fileobj  # type: ignore[assignment]  # what was registered
                waiting[connection] = read_some(connection, waiting[connection], buffer, status)
                if not waiting[connection]:
                    answered += 1
                    if left:
                        connection.sendall(ask)
                        left -= 1


def read_some(connection: socket.socket, missing: int, buffer: memoryview, status: bytes) -> int:
    """Read what is there of an answer, of which so many bytes are missing, 0 before its head; return what is."""
    count = connection.recv_into(buffer)
    if not count:
        raise RuntimeError("the server hung up")
    if missing:
        return missing - count
    head = bytes(buffer[: min(count, 4_096)]).partition(b"\r\n\r\n")[0]
    if not head.startswith(b"HTTP/1.1 " + status):
        raise RuntimeError(f"not answered with {status!r}: {head!r}")
    length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
    return (int(length[1]) if length and status == b"200" else 0) + len(head) + 4 - count


@contextmanager
def run_nginx(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run nginx with one worker on the tree in ``folder``."""
    port = free_port()
    config = folder / "nginx.conf"
    fields = {"Cache-Control": cache_control(FEED), **SHARING, **SECURITY}
    lines = "\n".join(f'add_header {name} "{value}";' for name, value in fields.items())
    config.write_text(_NGINX.format(user=getuser(), folder=folder, port=port, fields=lines))
    with run_server([nginx_path() or "nginx", "-c", str(config)], port) as process:
        yield process, port


@contextmanager
def run_built_in(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run the built-in server on the tree in ``folder``."""
    port = free_port()
    with run_server([sys.executable, "-c", _PROGRAM, str(folder / "feeds"), str(port)], port) as process:
        yield process, port


@contextmanager
def run_server(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block; it answers when the block begins."""
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


if __name__ == "__main__":
    main()
