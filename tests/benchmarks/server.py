"""A publisher of files in gzip on many loopback addresses, in a process of its own.

nginx where it is installed, else the small server at the end of this file. Both read a folder, and read it
again on SIGHUP; where it holds a file ``NO_VALIDATORS``, they send no ETag and no Last-Modified, and answer
every request with the whole document.
"""

import asyncio
import getpass
import gzip
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from email.utils import formatdate
from pathlib import Path
from typing import Self

ADDRESSES = tuple(f"127.0.1.{number}" for number in range(1, 101))
NO_VALIDATORS = "no-validators"
_ROOT = Path(__file__).parents[2]
_NGINX = """
user {user}; worker_processes 1; worker_rlimit_nofile 20000; daemon off; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 10000; }}
http {{
  access_log off; keepalive_requests 1000000; sendfile on; tcp_nopush on;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    {listen}
    root {folder}; default_type "application/rss+xml; charset=utf-8"; types {{ }}
    add_header Content-Encoding gzip; {validators}
  }}
}}
"""


class DocumentServer:
    """A running server of the files in ``folder``, as a context manager; ``name`` tells which one it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._nginx = shutil.which("nginx")
        self._port = _free_port()
        self.name = "nginx, 1 worker" if self._nginx else "the benchmark's own asyncio server, 1 process"

    def __enter__(self) -> Self:
        self._configure()
        own = [sys.executable, "-m", "tests.benchmarks.server", str(self._folder), str(self._port)]
        nginx = [self._nginx or "", "-c", str(self._folder / "nginx.conf")]
        self._process = subprocess.Popen(nginx if self._nginx else own, cwd=_ROOT)
        try:
            self._await_answer()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def url(self, source: int) -> str:
        """Return where the document of a source is."""
        return f"http://{ADDRESSES[source % len(ADDRESSES)]}:{self._port}/{source}"

    def write(self, source: int, document: bytes) -> None:
        """Publish a document once ``reload`` was called."""
        (self._folder / str(source)).write_bytes(gzip.compress(document, 6))

    def drop_validators(self) -> None:
        """Send whole documents without validators once ``reload`` was called."""
        (self._folder / NO_VALIDATORS).touch()

    def reload(self) -> None:
        """Publish what was written."""
        self._configure()
        self._process.send_signal(signal.SIGHUP)
        time.sleep(1)
        self._await_answer()

    def _configure(self) -> None:
        has_validators = not (self._folder / NO_VALIDATORS).exists()
        off = 'etag off; if_modified_since off; add_header Last-Modified "";'
        listen = " ".join(f"listen {address}:{self._port} backlog=4096;" for address in ADDRESSES)
        text = _NGINX.format(
            folder=self._folder,
            listen=listen,
            user=getpass.getuser(),
            validators="" if has_validators else off,
        )
        (self._folder / "nginx.conf").write_text(text)

    def _await_answer(self) -> None:
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url(0)).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("the server of the documents does not answer")


def _free_port() -> int:
    with socket.create_server((ADDRESSES[0], 0)) as listening:
        return int(listening.getsockname()[1])


class DocumentFolder:
    """The folder's answers, whole, by path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.read()

    def read(self) -> None:
        """Read the folder."""
        self.has_validators = not (self._folder / NO_VALIDATORS).exists()
        files = [path for path in self._folder.iterdir() if path.name.isdecimal()]
        self.answers = {f"/{path.name}".encode(): self._answers(path) for path in files}

    def _answers(self, path: Path) -> tuple[bytes, bytes, bytes]:
        """Return a document's ETag, its answer 200 and its answer 304."""
        body, changed_at = path.read_bytes(), path.stat().st_mtime_ns
        etag = b'"%x-%x"' % (changed_at, len(body))
        modified = formatdate(changed_at / 1e9, usegmt=True).encode()
        validators = b"ETag: %s\r\nLast-Modified: %s\r\n" % (etag, modified) if self.has_validators else b""
        head = b"Server: benchmark\r\nDate: %s\r\n%s" % (formatdate(usegmt=True).encode(), validators)
        kind = b"Content-Type: application/rss+xml; charset=utf-8\r\nContent-Encoding: gzip\r\n"
        whole = b"HTTP/1.1 200 OK\r\n%s%sContent-Length: %d\r\n\r\n%s" % (head, kind, len(body), body)
        return etag, whole, b"HTTP/1.1 304 Not Modified\r\n%s\r\n" % head


class Exchange(asyncio.Protocol):
    """One connection of a client, kept alive as long as it wants."""

    def __init__(self, site: DocumentFolder) -> None:
        self._site = site
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note where answers go."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        *requests, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for request in requests:
            self._transport.write(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        line, _, fields = request.partition(b"\r\n")
        found = self._site.answers.get(line.split(b" ")[1])
        if found is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        etag, whole, unchanged = found
        asked = self._site.has_validators and b"if-none-match" in fields.lower()
        return unchanged if asked and etag in fields else whole


async def serve(folder: Path, port: int) -> None:
    """Serve a folder until the process is ended."""
    site, loop = DocumentFolder(folder), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, site.read)
    for address in ADDRESSES:
        listening = socket.create_server((address, port), backlog=4096)
        await loop.create_server(lambda: Exchange(site), sock=listening)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
