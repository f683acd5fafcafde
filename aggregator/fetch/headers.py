"""What a request says of who asks, for how much, and for what is newer than what is known."""

from base64 import b64encode
from urllib.parse import unquote

import httpx

from aggregator.fetch.exchange import Validators

VALIDATORS = frozenset({"if-none-match", "if-modified-since"})
"""The lower-case names of the headers that make a request conditional."""


def make_authorization_headers(address: httpx.URL) -> list[tuple[str, str]]:
    """Return the header that carries the user name and the password of an address (RFC 7617)."""
    if not address.userinfo:
        return []
    name, _, password = address.userinfo.decode("ascii").partition(":")
    token = b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode("ascii")
    return [("Authorization", f"Basic {token}")]


def make_range_headers(first_bytes: int | None) -> list[tuple[str, str]]:
    """Return the headers that ask for the beginning only, of the file itself and not of a coding of it."""
    if first_bytes is None:
        return []
    return [("Range", f"bytes=0-{first_bytes - 1}"), ("Accept-Encoding", "identity")]


def make_conditional_headers(validators: Validators) -> dict[str, str]:
    """Return the headers of a conditional GET (RFC 9110, section 13.1).

    A validator that cannot stand in a header (it held control characters) is not sent.
    """
    given = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in given.items() if value and value.isprintable()}
