"""Answers that are no file of the tree: small pages whose links hold below any path of a proxy."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from aggregator.publish.file_headers import HTML
from aggregator.serve.file_headers import SECURITY

UNCACHED: Mapping[str, str] = {"Cache-Control": "no-store"}
_MAX_STEPS = 100


def not_found_page(raw_path: bytes) -> Response:
    """Return the page of an address where nothing is."""
    return render_page(HTTPStatus.NOT_FOUND, "There is nothing at this address.", raw_path)


def render_page(
    status: HTTPStatus, text: str, raw_path: bytes, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a small page that says ``text`` at ``raw_path``, the request's path as it was sent."""
    root = find_path_to_root(raw_path)
    body = (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{status.phrase}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="{root}favicon.ico" sizes="48x48">\n'
        f'<link rel="stylesheet" href="{root}assets/style.css"></head>\n'
        f'<body><main><h1>{status.phrase}</h1>\n<p>{text} <a href="{root}">All topics</a></p></main></body>\n'
        "</html>\n"
    )
    return Response(body, status, {"Content-Type": HTML, **UNCACHED, **(headers or {}), **SECURITY})


def find_path_to_root(raw_path: bytes) -> str:
    """Return the relative reference from a request's path to the tree's root, such as ``../../``.

    A browser resolves it against the address that it knows, with the path of a proxy in front.
    """
    steps = raw_path.count(b"/") - 1
    return "../" * min(steps, _MAX_STEPS) if steps > 0 else "./"


def find_folder_reference(raw_path: bytes) -> str:
    """Return the relative reference from a folder's path without its slash to the one with it."""
    name = raw_path.rpartition(b"/")[2].decode("ascii", "replace")
    return f"{name.replace(':', '%3A')}/"  # what stands before a colon would be a scheme
