"""Requests to the published tree, answered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.publish.file_headers import cache_control, content_type, is_compressible, is_shared
from aggregator.serve.byte_range import ByteRange, parse_range
from aggregator.serve.chunked_body import respond, respond_part
from aggregator.serve.compression import MAX_COMPRESSED_BYTES, Compressor
from aggregator.serve.error_page import folder_reference, not_found_page, render_page
from aggregator.serve.file_headers import PREFLIGHT, SECURITY, SHARING
from aggregator.serve.health_page import HEALTH_PATH, Health, HealthPage
from aggregator.serve.hot_files import MAX_BYTES, HotFile, HotFiles, render_fields
from aggregator.serve.hub_links import Announced, announce_nothing, link_fields
from aggregator.serve.hubs import HubCallback, PushReceiver
from aggregator.serve.metrics_page import METRICS_PATH, MetricsAccess, MetricsPage
from aggregator.serve.negotiation import IDENTITY, choose_coding, is_unchanged
from aggregator.serve.operations_page import OPERATIONS_PATH, OperationsPage
from aggregator.serve.ready_page import READY_PATH, Check, ReadyPage
from aggregator.serve.tree import Folder, ServedFile, Tree
from aggregator.websub import CALLBACKS

_ALLOWED = {"Allow": "GET, HEAD, OPTIONS"}
# a shorter body does not become smaller
_MIN_COMPRESSED_BYTES = 200
_NO_CHECKS: Mapping[str, Check] = MappingProxyType({})


def create_app(
    feeds_dir: Path,
    *,
    health: Health | None = None,
    checks: Mapping[str, Check] = _NO_CHECKS,
    health_within_s: float = 5,
    metrics: MetricsAccess | None = None,
    hubs: PushReceiver | None = None,
    announced: Announced = announce_nothing,
    desk: ASGIApp | None = None,
) -> Starlette:
    """Return the ASGI application that serves the files below ``feeds_dir``, ``/healthz`` and ``/readyz``.

    ``health`` is asked, in a thread, on every request to ``/healthz``: what it returns goes into
    the answer, whose status is 503 if it raises, its ``ok`` is false, or it takes too long. So are the
    ``checks`` for ``/readyz``, each of which returns what is wrong, or None. ``metrics`` says who reads
    ``/metrics``, and what operators are told; None: nobody. ``hubs`` decides about what comes to callbacks
    below ``/_websub/``; without it there are none. ``announced`` says which hubs feeds name. ``desk`` answers
    below ``/_desk``; None: there is nothing.
    """
    hot_files = HotFiles()
    pages = _list_status_routes(health, checks, health_within_s, metrics)
    if metrics:
        operations = OperationsPage(feeds_dir, is_public=metrics.is_public)
        pages.append(Route(OPERATIONS_PATH, _Endpoint(operations.answer)))
    callbacks = [Route(f"/{CALLBACKS}/{{token}}", HubCallback(hubs))] if hubs else []
    app = Starlette(
        routes=[
            *pages,
            *callbacks,
            *([Route("/_desk", desk), Route("/_desk/{page:path}", desk)] if desk else []),
            Route("/{path:path}", _Endpoint(_TreeEndpoint(feeds_dir, hot_files, announced).answer)),
        ],
        exception_handlers={404: _not_found, 500: _server_error},
    )
    app.state.hot_files = hot_files
    return app


def create_status_app(
    *, health: Health, checks: Mapping[str, Check], metrics: MetricsAccess | None, health_within_s: float = 5
) -> Starlette:
    """Return the application of a process that serves no files: health, readiness and metrics alone."""
    return Starlette(
        routes=_list_status_routes(health, checks, health_within_s, metrics),
        exception_handlers={404: _not_found, 500: _server_error},
    )


def _list_status_routes(
    health: Health | None, checks: Mapping[str, Check], within_s: float, metrics: MetricsAccess | None
) -> list[Route]:
    routes = [
        Route(HEALTH_PATH, _Endpoint(HealthPage(health, within_s).answer)),
        Route(READY_PATH, _Endpoint(ReadyPage(checks, within_s).answer)),
    ]
    if metrics:
        routes.append(Route(METRICS_PATH, _Endpoint(MetricsPage(metrics, within_s).answer)))
    return routes


def find_hot_files(app: object) -> HotFiles:
    """Return what an application keeps in memory for the server that runs it; nothing for any other."""
    found = getattr(getattr(app, "state", None), "hot_files", None)
    return found if isinstance(found, HotFiles) else HotFiles()


class _Endpoint:
    """An ASGI application of one function, for the methods that only read."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope))
        if scope["method"] == "HEAD":
            response.body = b""  # one in pieces sees to that itself
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={**_ALLOWED, **SHARING, **PREFLIGHT, **SECURITY})
        if request.method not in {"GET", "HEAD"}:
            status, text = HTTPStatus.METHOD_NOT_ALLOWED, "Files here can only be read."
            return render_page(status, text, request.scope["raw_path"], _ALLOWED)
        return await self._answer(request)


class _TreeEndpoint:
    def __init__(self, folder: Path, hot_files: HotFiles, announced: Announced) -> None:
        self._tree = Tree(folder)
        self._hot_files = hot_files
        self._announced = announced
        self._compressor = Compressor()

    async def answer(self, request: Request) -> Response:
        """Return the answer to a request for a file, which is read in a thread."""
        return await asyncio.to_thread(self._find, request)

    def _find(self, request: Request) -> Response:
        """Return the file at the request's path, or that the client has it, or where or that it is not."""
        found = self._tree.find(request.scope["path"])
        raw_path = request.scope["raw_path"]
        if isinstance(found, Folder):
            location = {"Location": folder_reference(raw_path)}
            return render_page(HTTPStatus.MOVED_PERMANENTLY, "This is a folder.", raw_path, location)
        return self._make_response(found, request) if found else not_found_page(raw_path)

    def _make_response(self, document: ServedFile, request: Request) -> Response:
        headers = request.headers
        media_type = content_type(document.name)
        coding = _choose_coding(document, media_type, headers)
        etag = _etag(document, coding)
        validators = _validators(document, media_type, etag)
        coded = {} if coding == IDENTITY else {"Content-Encoding": coding}
        links = link_fields(document.name, self._announced)
        sent = {
            "Content-Type": media_type, "Accept-Ranges": "bytes", **coded, **validators, **links, **SECURITY
        }  # fmt: skip
        body = document.content
        if coding != IDENTITY:
            try:
                body = self._compressor.encode(document, coding)
            finally:
                document.close()
        length = len(body) if isinstance(body, bytes) else document.size_bytes
        response = respond(body, length, sent)
        unchanged = Response(status_code=304, headers={**validators, **SECURITY})
        if document.stamp and document.size_bytes <= MAX_COMPRESSED_BYTES:
            hot_file = HotFile(
                path=str(document.path),
                stamp=document.stamp,
                etag=etag.encode(),
                modified_at=document.modified_at,
                is_compressible=_is_coded(document, media_type),
                ok=render_fields(response.raw_headers),
                unchanged=render_fields(unchanged.raw_headers),
                body=body if isinstance(body, bytes) and length <= MAX_BYTES else None,
            )
            self._hot_files.put(request.scope["raw_path"], coding, hot_file)
        if is_unchanged(
            if_none_match=_join_header(headers, "if-none-match"),
            if_modified_since=headers.get("if-modified-since"),
            etag=etag,
            modified_at=document.modified_at,
        ):
            document.close()
            return unchanged
        part = _find_part(request, etag, length)
        if part is None:
            return response
        if not part.length:
            document.close()
            status, where = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{length}"}
            return render_page(status, "The file has no such part.", request.scope["raw_path"], where)
        return respond_part(body, part, {**sent, "Content-Range": part.describe(length)})


def _is_coded(document: ServedFile, media_type: str) -> bool:
    is_in_bounds = _MIN_COMPRESSED_BYTES <= document.size_bytes <= MAX_COMPRESSED_BYTES
    return is_in_bounds and is_compressible(media_type)


def _choose_coding(document: ServedFile, media_type: str, headers: Headers) -> str:
    if not _is_coded(document, media_type):
        return IDENTITY
    return choose_coding(_join_header(headers, "accept-encoding"))


def _find_part(request: Request, etag: str, length: int) -> ByteRange | None:
    """Return the part that is asked for, None where the whole is, or the client's is another version's.

    ``If-Range`` with a date never matches: a file may change twice within its second.
    """
    if request.method != "GET" or request.headers.get("if-range", etag).strip() != etag:
        return None
    return parse_range(_join_header(request.headers, "range"), length)


def _join_header(headers: Headers, name: str) -> str | None:
    """Return a list-valued header that may stand in several lines, None where it is not there."""
    return ", ".join(headers.getlist(name)) if name in headers else None


def _etag(document: ServedFile, coding: str) -> str:
    """Return a strong validator, which must differ between representations (RFC 9110, 8.8.3.3)."""
    return f'"{document.digest}"' if coding == IDENTITY else f'"{document.digest}-{coding}"'


def _validators(document: ServedFile, media_type: str, etag: str) -> dict[str, str]:
    # a time in the future would tell caches that the file is newer than its next version
    modified_at = min(document.modified_at, datetime.now(UTC))
    return {
        "ETag": etag,
        "Last-Modified": format_datetime(modified_at, usegmt=True),
        "Cache-Control": cache_control(document.name),
        **({"Vary": "Accept-Encoding"} if is_compressible(media_type) else {}),
        **(SHARING if is_shared(media_type) else {}),
    }


async def _not_found(request: Request, _error: Exception) -> Response:
    return not_found_page(request.scope["raw_path"])


async def _server_error(request: Request, _error: Exception) -> Response:
    status, text = HTTPStatus.INTERNAL_SERVER_ERROR, "The file could not be read."
    return render_page(status, text, request.scope["raw_path"])
