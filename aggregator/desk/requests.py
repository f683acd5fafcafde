"""What a request says of itself: whether a page of ours sent it, from where, and what its form holds."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

from aggregator.serve import read_body
from aggregator.urls.literals import name_network, read_literal

COOKIE = "aggregator_desk"
MOST_FORM_BYTES = 64 * 1024
MOST_FIELDS = 100
_FORM = "application/x-www-form-urlencoded"


def is_from_here(headers: Headers) -> bool:
    """Tell whether a page of this site sent a request, as the browser says.

    Browsers say so in ``Sec-Fetch-Site`` wherever a connection is to be trusted, else by ``Origin``, which is
    compared with the host. What says neither is no browser, or one that is too old to protect anybody.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin, host = headers.get("origin", ""), headers.get("host", "")
    return bool(host) and _read_authority(origin) == host.lower()


def is_https(headers: Headers) -> bool:
    """Tell whether the browser asked by https: it says so in ``Origin``, and a proxy in front may say it."""
    proto = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
    return proto == "https" or headers.get("origin", "").startswith("https://")


def find_address(request: Request) -> str:
    """Return by what the attempts of one client are counted: its address, or its IPv6 network (/64).

    Where a proxy stands before us, at a private address, it is the address that the proxy wrote last.
    """
    host = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    own = _name_network(host)
    return (_name_network(forwarded) or own) if forwarded and _is_private(host) else own


def read_query(request: Request) -> Mapping[str, str]:
    """Return what an address asks for, the last of each name; nothing where it is too much."""
    return _parse(request.scope["query_string"].decode("latin-1"))


async def read_form(request: Request) -> Mapping[str, str] | None:
    """Return the fields of a form, None where it is none, or too long."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return None
    body = await read_body(request, MOST_FORM_BYTES)
    return None if body is None else _parse(body.decode("latin-1"))


def _parse(text: str) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    # PostgreSQL takes no NUL
    return {name: value.replace("\r\n", "\n").replace("\0", "") for name, value in pairs}


def _read_authority(origin: str) -> str:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") else ""


def _is_private(host: str) -> bool:
    literal = read_literal(host)
    return literal is not None and not literal.is_global


def _name_network(host: str) -> str:
    literal = read_literal(host)
    return "" if literal is None else name_network(literal)
