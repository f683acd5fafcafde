"""A place in an object store that speaks S3: objects by name are put there, deleted and listed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aggregator.errors import TargetError
from aggregator.target.error_advice import advise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import S3Store

SCHEME = "s3://"
CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
"""Each of these variables brings credentials, the first with ``AWS_SECRET_ACCESS_KEY``."""
_CONNECT_WITHIN = timedelta(seconds=5)
_ANSWERED_WITHIN = timedelta(seconds=60)
_TRIED_FOR = timedelta(seconds=10)
_RETRIES = 3
_LISTED_AT_ONCE = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredObject:
    """An object as it is listed; ``etag`` without its quotes, None: none is told.

    Where an object was put whole and is not encrypted with a key of its own, that is the MD5 of its bytes.
    """

    name: str
    size_bytes: int
    etag: str | None


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """A place in an object store, ``s3://bucket`` or ``s3://bucket/prefix``: names are below it.

    All that it does raises TargetError, once it was tried for some seconds.
    """

    address: str
    store: "S3Store"

    async def put(self, name: str, body: bytes, fields: Mapping[str, str]) -> None:
        """Store an object whole, in place of a former one, with these header fields."""
        import obstore  # noqa: PLC0415  # an extra has it

        with self._describing_errors():
            await obstore.put_async(self.store, name, body, attributes={**fields}, use_multipart=False)

    async def delete(self, names: Sequence[str]) -> None:
        """Delete objects; those that are not there are deleted already."""
        import obstore  # noqa: PLC0415

        if names:
            with self._describing_errors():
                await obstore.delete_async(self.store, names)

    async def list_all(self) -> AsyncIterator[StoredObject]:
        """Yield all objects that are there."""
        import obstore  # noqa: PLC0415

        with self._describing_errors():
            async for some in obstore.list(self.store, chunk_size=_LISTED_AT_ONCE):
                for one in some:
                    etag = one["e_tag"]
                    yield StoredObject(
                        name=one["path"], size_bytes=one["size"], etag=etag and etag.strip('"').lower()
                    )

    @contextmanager
    def _describing_errors(self) -> "Iterator[None]":
        from obstore.exceptions import BaseError  # noqa: PLC0415

        try:
            yield
        except (BaseError, OSError) as error:
            raise TargetError(f"{self.address}: {advise(str(error))}") from error


def open_object_store(address: str, endpoint: str, environ: Mapping[str, str]) -> ObjectStore:
    """Return the place at an address like ``s3://bucket/prefix``; nothing is asked of it yet.

    ``endpoint`` is where the store answers, "" for what ``AWS_ENDPOINT_URL`` says, or Amazon. Credentials are
    in the environment. Raises TargetError without them, or without the library.
    """
    try:
        from obstore.store import S3Store  # noqa: PLC0415  # an extra has it
    except ModuleNotFoundError as error:
        raise TargetError(
            f"publish.target needs {error.name}: install it: pip install 'aggregator[s3]'"
        ) from error
    if not any(environ.get(name) for name in CREDENTIALS):
        raise TargetError(
            f"{address}: there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "
            "in the environment"
        )
    bucket, _, prefix = address.removeprefix(SCHEME).partition("/")
    asked_at = environ.get("AWS_ENDPOINT_URL_S3") or endpoint or environ.get("AWS_ENDPOINT_URL") or ""
    where: dict[str, Any] = {"endpoint": asked_at} if asked_at else {}
    store = S3Store(
        bucket, prefix=prefix or None, **where,
        client_options={
            "allow_http": asked_at.startswith("http://"),
            "connect_timeout": _CONNECT_WITHIN,
            "timeout": _ANSWERED_WITHIN,
        },
        retry_config={"max_retries": _RETRIES, "retry_timeout": _TRIED_FOR},
    )  # fmt: skip
    return ObjectStore(address, store)
