"""Cookies within one chain of redirects: sent back to who set them, and forgotten with the chain; pure.

Sites that set a cookie and redirect to the same address are out of reach without. The rules are those of
RFC 6265, and stricter where it leaves room: a cookie is for the host that set it, or where its ``Domain``
says so for names under one registrable domain.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import httpx

from aggregator.fetch.redirect import host_name
from aggregator.http_dates import parse_http_date
from aggregator.urls import has_public_suffix

MAX_COOKIES = 50
MAX_COOKIE_CHARS = 4096
MAX_SENT_CHARS = 8192
_SECURE_ONLY = ("__secure-", "__host-")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cookie:
    """One cookie; ``host`` is who set it, or with ``has_subdomains`` the domain that it is for."""

    name: str
    value: str
    host: str
    path: str
    has_subdomains: bool = False
    is_secure: bool = False

    def is_for(self, address: httpx.URL) -> bool:
        """Tell whether it is sent to ``address`` (section 5.4)."""
        if self.is_secure and address.scheme != "https":
            return False
        host, path = host_name(address), _path_of(address)
        is_there = host == self.host or (self.has_subdomains and host.endswith(f".{self.host}"))
        is_below = path == self.path or path.startswith(self.path.removesuffix("/") + "/")
        return is_there and is_below

    def replaces(self, other: "Cookie") -> bool:
        """Tell whether it is another value of the same cookie (section 5.3)."""
        return (self.name, self.host, self.path) == (other.name, other.host, other.path)


def keep_cookies(
    known: tuple[Cookie, ...], address: httpx.URL, stated: Iterable[str], *, now: datetime
) -> tuple[Cookie, ...]:
    """Return the cookies of a chain after ``address`` answered with these Set-Cookie fields."""
    kept = list(known)
    for field in stated:
        read = _parse_cookie(field, address, now)
        if read is None:
            continue
        cookie, has_expired = read
        kept = [other for other in kept if not cookie.replaces(other)]
        if not has_expired and len(kept) < MAX_COOKIES:
            kept.append(cookie)
    return tuple(kept)


def format_cookies(known: tuple[Cookie, ...], address: httpx.URL, configured: str | None = None) -> str:
    """Return the Cookie field for ``address``, "" without one: longer paths first, then the older.

    Of the pairs that an operator ``configured`` those stay that no cookie of the chain names.
    """
    own = sorted((cookie for cookie in known if cookie.is_for(address)), key=lambda c: -len(c.path))
    if not own:
        return configured or ""
    names = {cookie.name for cookie in own}
    pairs = [pair.strip() for pair in (configured or "").split(";")]
    sent = [pair for pair in pairs if pair and pair.partition("=")[0].strip() not in names]
    room = MAX_SENT_CHARS
    for cookie in own:
        pair = f"{cookie.name}={cookie.value}"
        room -= len(pair) + 2
        if room < 0:
            break
        sent.append(pair)
    return "; ".join(sent)


def _parse_cookie(field: str, address: httpx.URL, now: datetime) -> tuple[Cookie, bool] | None:
    """Return the cookie that a Set-Cookie field states, and whether it has expired; None for no cookie."""
    pair, *attributes = field.split(";")
    name, equals, value = (part.strip() for part in pair.partition("="))
    if not name or not equals or len(name) + len(value) > MAX_COOKIE_CHARS or not pair.strip().isprintable():
        return None
    said = {key.strip().lower(): text.strip() for key, _, text in (one.partition("=") for one in attributes)}
    is_secure = "secure" in said
    scope = _choose_scope(said.get("domain", ""), host_name(address))
    if scope is None or (is_secure and address.scheme != "https"):
        return None
    if name.lower().startswith(_SECURE_ONLY) and not is_secure:
        return None
    path = said.get("path", "")
    cookie = Cookie(
        name=name,
        value=value,
        host=scope[0],
        path=path if path.startswith("/") else _default_path(address),
        has_subdomains=scope[1],
        is_secure=is_secure,
    )
    return cookie, _has_expired(said, now)


def _choose_scope(domain: str, host: str) -> tuple[str, bool] | None:
    """Return the host that a cookie is for, and whether its subdomains are, too; None: not for ``host``."""
    name = domain.lower().lstrip(".")
    if not name or (name == host and not has_public_suffix(host)):
        return host, False
    if name != host and not host.endswith(f".{name}"):
        return None
    return (name, True) if has_public_suffix(name) else None


def _default_path(address: httpx.URL) -> str:
    return _path_of(address).rpartition("/")[0] or "/"


def _path_of(address: httpx.URL) -> str:
    """Return the path as it is sent, without query."""
    return address.raw_path.decode("ascii").partition("?")[0]


def _has_expired(said: dict[str, str], now: datetime) -> bool:
    """Tell whether a cookie has expired: by Max-Age, which counts before Expires."""
    age = said.get("max-age", "")
    if age.removeprefix("-").isdecimal():
        return age.startswith("-") or not age.strip("0")
    until = parse_http_date(said.get("expires"))
    return until is not None and until <= now
