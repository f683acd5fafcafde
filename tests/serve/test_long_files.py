"""Long files: whole and of one version, however many read them, and however slowly."""

import gc
import gzip
import hashlib
import os
import random
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from aggregator.serve import ClientLimits, Server, create_app
from tests.processes import resident_bytes
from tests.serve.client import Client

needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux's /proc")
LONG = bytes(range(256)) * 4_000 + b"end"
READERS = 10


@pytest.fixture
def long_file(tree):
    """A picture that is too long to be read at once."""
    path = tree / "assets/long.png"
    path.write_bytes(LONG)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def test_a_long_file_is_sent_whole(client, long_file):
    """It has the tag of its content like a short one, is found unchanged, and HEAD tells its length."""
    tag = f'"{hashlib.sha256(LONG).hexdigest()[:32]}"'
    for _ in range(2):
        reply = client.get("/assets/long.png")
        assert (reply.status, reply.body, reply.headers["ETag"]) == (200, LONG, tag)
    head = client.ask("HEAD", "/assets/long.png")
    assert (head.body, head.headers["Content-Length"]) == (b"", str(len(LONG)))
    assert client.get("/assets/long.png", If_None_Match=tag).status == 304
    assert client.get("/assets/long.png", If_None_Match='"other"').body == LONG


@pytest.mark.parametrize("size", [131_071, 131_072, 131_073, 196_608, 65_536])
def test_every_length_is_whole(client, tree, size):
    """Nothing is lost or doubled where a body ends with a piece, or just before or after one."""
    body = random.Random(size).randbytes(size)
    (tree / "blob").write_bytes(body)
    assert client.get("/blob").body == body


def test_a_long_text_is_compressed(client, tree):
    """A long feed comes compressed, with a tag of its own, and is the file again when decoded."""
    text = "".join(f"<item>{number}</item>" for number in range(100_000)).encode()
    (tree / "town/rss.xml").write_bytes(text)
    plain, packed = (client.get("/town/rss.xml", Accept_Encoding=coding) for coding in ("identity", "gzip"))
    assert (plain.body, gzip.decompress(packed.body)) == (text, text)
    assert packed.headers["ETag"] == plain.headers["ETag"].replace('"', '-gzip"')[len('-gzip"') - 1 :]
    assert packed.headers["Content-Length"] == str(len(packed.body))


def test_a_replaced_file_stays_one_version(server, long_file):
    """Who has begun to read a version gets it to its end, whatever stands in its place by then."""
    long_file.write_bytes(b"a" * 20_000_000)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
        raw.sendall(b"GET /assets/long.png HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = raw.recv(1_000)
        newer = long_file.with_name("new")
        newer.write_bytes(b"b" * 1_000_000)
        newer.replace(long_file)
        while data := raw.recv(1_000_000):
            received += data
    body = received.partition(b"\r\n\r\n")[2]
    assert (len(body), set(body)) == (20_000_000, set(b"a"))


def test_a_file_that_shrinks_is_broken_off(client, server, long_file):
    """What somebody cut off while it was read cannot be sent; the client sees that, and others go on."""
    long_file.write_bytes(b"a" * 20_000_000)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
        raw.sendall(b"GET /assets/long.png HTTP/1.1\r\nHost: x\r\n\r\n")
        received = len(raw.recv(1_000))
        os.truncate(long_file, 1_000)
        while data := raw.recv(1_000_000):
            received += len(data)
    assert received < 20_000_000
    assert client.get("/").status == 200


@needs_proc
def test_no_file_stays_open(server, long_file):
    """Answered, unchanged, asked for its head, or given up in the middle: the file is closed."""
    with Client(server.port) as client:
        tag = client.get("/assets/long.png").headers["ETag"]
        client.get("/assets/long.png", If_None_Match=tag)
        client.ask("HEAD", "/assets/long.png")
    long_file.write_bytes(b"a" * 20_000_000)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
        raw.sendall(b"GET /assets/long.png HTTP/1.1\r\nHost: x\r\n\r\n")
        raw.recv(1_000)
    deadline = time.monotonic() + 60
    while is_open(long_file):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_open(path):
    """Return whether this process has the file open."""
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            links.append(descriptor.readlink())
    return path in links


@needs_proc
@pytest.mark.parametrize(("name", "coding"), [("huge.bin", "identity"), ("huge.json", "gzip")])
def test_stalled_readers_hold_pieces(tree, name, coding):
    """Ten clients that ask for a large file and read nothing hold pieces of it, not copies."""
    (tree / name).write_bytes(random.Random(1).randbytes(8_000_000).hex().encode())
    ask = f"GET /{name} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {coding}\r\n\r\n".encode()
    with (
        Server(create_app(tree), "127.0.0.1", 0, limits=ClientLimits(stall_s=30)) as server,
        ExitStack() as stack,
    ):
        with Client(server.port) as client:
            client.ask("HEAD", f"/{name}", Accept_Encoding=coding)  # compressed and kept
        gc.collect()
        before = resident_bytes()
        stalled = []
        for _ in range(READERS):
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            raw.connect(("127.0.0.1", server.port))
            raw.sendall(ask)
            stalled.append(stack.enter_context(raw))
        for raw in stalled:
            assert raw.recv(12) == b"HTTP/1.1 200"
        time.sleep(0.3)
        assert resident_bytes() - before < 8_000_000


@needs_proc
def test_many_first_readers_share_one_compressed_copy(tree):
    """Ten who ask at once for what is not compressed yet get the same bytes, and it is done once."""
    body = random.Random(2).randbytes(2_000_000).hex().encode()
    (tree / "huge.json").write_bytes(body)

    def read(_number):
        with Client(server.port) as client:
            return client.get("/huge.json", Accept_Encoding="br").body

    with Server(create_app(tree), "127.0.0.1", 0) as server, ThreadPoolExecutor(READERS) as pool:
        started = time.process_time()
        first = read(0)
        once = time.process_time() - started
        newer = tree / "new"
        newer.write_bytes(body[:-1] + b"!")
        newer.replace(tree / "huge.json")
        started = time.process_time()
        replies = list(pool.map(read, range(READERS)))
        assert time.process_time() - started < 4 * once + 0.5
    assert len(set(replies)) == 1
    assert replies[0] != first
