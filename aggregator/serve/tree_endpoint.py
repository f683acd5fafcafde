"""Requests to files of the published tree, answered: whole, in part, or as the client has them."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from io import FileIO
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from aggregator.publish.file_headers import cache_control, content_type, is_compressible, is_shared
from aggregator.serve.byte_range import ByteRange, parse_range
from aggregator.serve.chunked_body import respond, respond_part
from aggregator.serve.compression import MAX_COMPRESSED_BYTES, Compressor
from aggregator.serve.error_page import find_folder_reference, not_found_page, render_page
from aggregator.serve.file_headers import SECURITY, SHARING
from aggregator.serve.hot_files import MAX_BYTES, HotFile, HotFiles, render_fields
from aggregator.serve.hub_links import Announced, link_fields
from aggregator.serve.negotiation import IDENTITY, choose_coding, is_unchanged
from aggregator.serve.tree import Folder, ServedFile, Tree

# a shorter body does not become smaller
_MIN_COMPRESSED_BYTES = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Representation:
    """A file in the ``coding`` that a client takes: its answer 200, and the ``validators`` of 304."""

    coding: str
    etag: str
    validators: dict[str, str]
    fields: dict[str, str]
    body: bytes | FileIO
    length: int


class TreeEndpoint:
    """What answers requests to the files below a ``folder``, and keeps small ones among the ``hot_files``."""

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
            location = {"Location": find_folder_reference(raw_path)}
            return render_page(HTTPStatus.MOVED_PERMANENTLY, "This is a folder.", raw_path, location)
        return self._make_response(found, request) if found else not_found_page(raw_path)

    def _make_response(self, document: ServedFile, request: Request) -> Response:
        shown = self._represent(document, request.headers)
        response = respond(shown.body, shown.length, shown.fields)
        unchanged = Response(status_code=304, headers={**shown.validators, **SECURITY})
        if hot_file := _make_hot_file(document, shown, response, unchanged):
            self._hot_files.put(request.scope["raw_path"], shown.coding, hot_file)
        if is_unchanged(
            if_none_match=_join_header(request.headers, "if-none-match"),
            if_modified_since=request.headers.get("if-modified-since"),
            etag=shown.etag,
            modified_at=document.modified_at,
        ):
            document.close()
            return unchanged
        part = _find_part(request, shown.etag, shown.length)
        if part is None:
            return response
        if not part.length:
            document.close()
            status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            where = {"Content-Range": f"bytes */{shown.length}"}
            return render_page(status, "The file has no such part.", request.scope["raw_path"], where)
        return respond_part(shown.body, part, {**shown.fields, "Content-Range": part.describe(shown.length)})

    def _represent(self, document: ServedFile, headers: Headers) -> Representation:
        media_type = content_type(document.name)
        coding = _choose_coding(document, media_type, headers)
        etag = _etag(document, coding)
        validators = _validators(document, media_type, etag)
        served = {"Content-Type": media_type, "Accept-Ranges": "bytes"}
        coded = {} if coding == IDENTITY else {"Content-Encoding": coding}
        links = link_fields(document.name, self._announced)
        body = self._encode(document, coding)
        return Representation(
            coding=coding,
            etag=etag,
            validators=validators,
            fields={**served, **coded, **validators, **links, **SECURITY},
            body=body,
            length=len(body) if isinstance(body, bytes) else document.size_bytes,
        )

    def _encode(self, document: ServedFile, coding: str) -> bytes | FileIO:
        if coding == IDENTITY:
            return document.content
        try:
            return self._compressor.encode(document, coding)
        finally:
            document.close()


def _make_hot_file(
    document: ServedFile, shown: Representation, response: Response, unchanged: Response
) -> HotFile | None:
    """Return what is kept of an answer; None of a file that is long, or was just written."""
    if not document.stamp or document.size_bytes > MAX_COMPRESSED_BYTES:
        return None
    return HotFile(
        path=str(document.path),
        stamp=document.stamp,
        etag=shown.etag.encode(),
        modified_at=document.modified_at,
        is_compressible=_is_coded(document, content_type(document.name)),
        ok=render_fields(response.raw_headers),
        unchanged=render_fields(unchanged.raw_headers),
        body=shown.body if isinstance(shown.body, bytes) and shown.length <= MAX_BYTES else None,
    )


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
