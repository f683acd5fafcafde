"""Addresses that may be asked for, and where a redirect leads; pure rules.

Redirects by RFC 9110, section 15.4. Every hop is an address like the first, checked the same way.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile
from urllib.parse import urlsplit

import httpx

from aggregator.errors import AddressRefused, FetchError
from aggregator.fetch.exchange import THEIRS, Wanted, explain_address
from aggregator.fetch.guard import is_odd_ipv4
from aggregator.urls.hosts import encode_host

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
MAX_LOCATION_CHARS = 8_000
"""RFC 9110 section 4.1 asks for no more, and errors and records carry the address."""

_PORTS = {"http": 80, "https": 443}
_CREDENTIALS = re.compile(r"(?<=//)[^/?#]*@")


@lru_cache(maxsize=1 << 14)
def read_address(url: str, wanted: Wanted = "other") -> httpx.URL:
    """Return ``url`` in the form it is sent in: escapes as given, no fragment.

    Raises AddressRefused for schemes but http and https and for odd spellings of IPv4 addresses,
    FetchError for what is no address.
    """
    try:
        address = httpx.URL(encode_host(url))
    except httpx.InvalidURL as error:
        if _is_odd_ipv4_url(url):
            raise _make_odd_ipv4_error(url) from error
        raise FetchError(drop_credentials(url), f"not an address: {error}") from error
    return _check_address(address.copy_with(fragment=None) if address.fragment else address, wanted)


def redirect_target(address: httpx.URL, location: str | None, wanted: Wanted = "other") -> httpx.URL:
    """Return where ``location`` leads from ``address``; credentials in it are dropped.

    Raises AddressRefused and FetchError as ``read_address`` does, FetchError also without one.
    """
    if not location:
        raise FetchError(format_address(address), f"a redirect without a Location: {THEIRS}")
    if len(location) > MAX_LOCATION_CHARS:
        reason = f"redirects to an address of {len(location)} characters"
        raise FetchError(format_address(address), explain_address(reason, wanted))
    try:
        target = address.join(encode_host(location)).copy_with(userinfo=b"", fragment=None)
    except (httpx.InvalidURL, ValueError) as error:  # the second of urllib, by which httpx joins
        if _is_odd_ipv4_url(location):
            raise _make_odd_ipv4_error(location) from error
        reason = f"redirects to {location[:200]!r}, which is no address"
        raise FetchError(format_address(address), explain_address(reason, wanted)) from error
    return _check_address(target, wanted)


def find_permanent_target(hops: Iterable[tuple[int, str]], *, start: str) -> str | None:
    """Return where the permanent redirects lead that come before the first temporary one.

    ``hops`` are status and target of each redirect, in order. None where they lead back to ``start``.
    """
    permanent = [target for _, target in takewhile(lambda hop: hop[0] in PERMANENT, hops)]
    return permanent[-1] if permanent and permanent[-1] != start else None


def is_same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Tell whether both have the same scheme, host and port (RFC 6454)."""
    return one is other or _origin_of(one) == _origin_of(other)  # mostly there is no redirect


def is_upgrade(old: httpx.URL, new: httpx.URL) -> bool:
    """Tell whether ``new`` is the same host as ``old`` over https, each on its default port."""
    return _origin_of(old) == ("http", host_name(old), 80) and _origin_of(new) == (
        "https",
        host_name(old),
        443,
    )


def may_receive_validators(address: httpx.URL, *, start: httpx.URL, validators_from: httpx.URL) -> bool:
    """Tell whether ``address`` may be sent the validators that came from ``validators_from``.

    That is its origin and its https upgrade, but not ``start`` where that redirected: it gave none.
    """
    if not is_same_origin(validators_from, address) and not is_upgrade(validators_from, address):
        return False
    return (
        validators_from is start
        or format_address(address) != format_address(start)
        or format_address(validators_from) == format_address(start)
    )


def host_name(address: httpx.URL) -> str:
    """Return the host of an address as it is asked for; httpx's own would decode it, and raise at symbols."""
    return address.raw_host.decode("ascii")


def format_address(address: httpx.URL) -> str:
    """Return the address as text, without credentials."""
    # Copying parses it all again, which at thousands of sources is a cost worth a condition.
    return str(address.copy_with(userinfo=b"") if address.userinfo else address)


def drop_credentials(url: str) -> str:
    """Return ``url``, which need not be a valid address, without user name and password."""
    return _CREDENTIALS.sub("", url)


def _check_address(address: httpx.URL, wanted: Wanted) -> httpx.URL:
    if address.scheme not in _PORTS:
        reason = explain_address("only http and https addresses are fetched", wanted)
        raise AddressRefused(format_address(address), reason)
    # httpx escapes what it cannot read as a host, brackets for example.
    host = host_name(address)
    if not host or "%" in host:
        raise FetchError(format_address(address), "not an address: it has no possible host")
    if address.port is not None and not 0 < address.port < 65536:
        raise FetchError(format_address(address), "not an address: ports are 1 to 65535")
    if is_odd_ipv4(host):
        raise _make_odd_ipv4_error(format_address(address))
    return address


def _origin_of(address: httpx.URL) -> tuple[str, str, int | None]:
    return address.scheme, host_name(address), address.port or _PORTS.get(address.scheme)


def _is_odd_ipv4_url(url: str) -> bool:
    try:
        return is_odd_ipv4(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _make_odd_ipv4_error(url: str) -> AddressRefused:
    reason = "an IPv4 address is four decimal numbers; other spellings are refused: write it so"
    return AddressRefused(drop_credentials(url), reason)
