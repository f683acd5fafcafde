"""The answer of one HTTP exchange."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """What an exchange gave.

    ``url``            the address asked for, as given
    ``final_url``      the address that answered, after redirects
    ``status``         a 2xx with its body, or 304 where validators were sent
    ``was_conditional``  whether the request that was answered had validators
    ``body``           decoded; empty on a 304
    ``content_type``   the header as received
    ``etag``           as received, also on a 304; None: not stated
    ``last_modified``  as received, also on a 304; None: not stated
    ``headers``        lower-case name -> value; the last of several, but all of ``link`` and
                     ``content-usage``, and of ``x-robots-tag`` on a line each
    ``permanent_url``  where the unbroken run of permanent redirects from ``url`` leads; None: none
    ``redirects``      the address of every hop after ``url``, in order
    ``wire_bytes``     the body as received, before decoding
    ``elapsed_s``      the exchange, without waiting for a slot
    """

    url: str
    final_url: str
    status: int
    was_conditional: bool
    body: bytes
    content_type: str | None
    etag: str | None
    last_modified: str | None
    headers: Mapping[str, str]
    permanent_url: str | None
    redirects: tuple[str, ...]
    wire_bytes: int
    elapsed_s: float
