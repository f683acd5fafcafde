"""An object store on a loopback address, moto's server of S3: what it is asked for is noted, and can be refused."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import unquote

import obstore
from obstore.store import S3Store
from werkzeug.serving import WSGIRequestHandler, make_server

PREFIX = "site/en"
_NUMBERS = count(1)


class _Silent(WSGIRequestHandler):
    """Prints nothing."""

    def log(self, *_args: object) -> None:
        return


@dataclass(kw_only=True)
class ObjectServer:
    """A server with one bucket; ``asked`` are the changes that it made, as pairs of method and name.

    ``refuse`` returns the status of an answer that refuses a request, or a pair of it and the body, None: it is done. ``on_put`` is called
    before an object is put.
    """

    url: str = ""
    bucket: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    refuse: Callable[[str, str], int | tuple[int, str] | None] = lambda _method, _name: None
    on_put: Callable[[str, bytes], None] = lambda _name, _body: None

    @property
    def address(self) -> str:
        """What ``publish.target`` is to be."""
        return f"s3://{self.bucket}/{PREFIX}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead to it."""
        return {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL": self.url}

    @property
    def put(self) -> list[str]:
        """The names of the objects that were put, in order."""
        return [name for method, name in self.asked if method == "PUT"]

    def open(self, prefix: str | None = PREFIX) -> S3Store:
        """Return its content, to be read by the library."""
        return S3Store(
            self.bucket, prefix=prefix, endpoint=self.url, access_key_id="key", secret_access_key="secret",
            client_options={"allow_http": True},
        )  # fmt: skip

    def list_names(self, prefix: str | None = PREFIX) -> list[str]:
        """Return the names of all objects below a prefix."""
        return sorted(one["path"] for some in obstore.list(self.open(prefix)) for one in some)

    def read(self, name: str) -> tuple[bytes, dict[str, str]]:
        """Return the bytes of an object and its header fields."""
        found = obstore.get(self.open(), name)
        return bytes(found.bytes()), dict(found.attributes)

    def read_all(self) -> dict[str, bytes]:
        """Return the bytes of all objects by name."""
        return {name: self.read(name)[0] for name in self.list_names()}

    def put_object(self, name: str, body: bytes) -> None:
        """Put an object there as somebody else."""
        obstore.put(self.open(), name, body)

    def delete_object(self, name: str) -> None:
        """Delete an object as somebody else."""
        obstore.delete(self.open(), name)

    def put_foreign(self, name: str) -> None:
        """Put an object into the bucket, not below the prefix."""
        obstore.put(self.open(None), name, b"note")

    def empty(self) -> None:
        """Delete everything, and forget what was asked."""
        if names := self.list_names(None):
            obstore.delete(self.open(None), names)
        self.asked.clear()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer a request, as WSGI has it."""
        method = environ["REQUEST_METHOD"]
        name = unquote(environ["PATH_INFO"]).removeprefix(f"/{self.bucket}/").removeprefix(f"{PREFIX}/")
        status = self.refuse(method, name)
        if status is not None:
            number, text = status if isinstance(status, tuple) else (status, "")
            start_response(f"{number} Refused", [("Content-Length", str(len(text)))])
            return [text.encode()]
        if method == "PUT":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = _Read(body)
            self.on_put(name, body)
        if method in ("PUT", "POST", "DELETE"):
            self.asked.append((method, name))
        return _moto()(environ, start_response)


class _Read:
    """A body that was read, to be read again."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        size = len(self.body) if size < 0 else size
        part, self.body = self.body[:size], self.body[size:]
        return part


@cache
def _moto() -> Callable[..., Any]:
    # Imported by who runs a store, not by all who collect tests: it takes a second.
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    return DomainDispatcherApplication(create_backend_app)


@contextmanager
def run_object_store() -> Iterator[ObjectServer]:
    """Run a store with an empty bucket of its own."""
    store = ObjectServer(bucket=f"news-{next(_NUMBERS)}")
    server = make_server("127.0.0.1", 0, store, threaded=True, request_handler=_Silent)
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        obstore.put  # noqa: B018  # imported here, and not while something is measured; so is the next
        _moto()
        _make_bucket(store)
        store.asked.clear()
        yield store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _make_bucket(store: ObjectServer) -> None:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(store.bucket, "us-east-1")
