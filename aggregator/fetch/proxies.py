"""Which HTTP proxy an address is asked for through: the configured one, or what the environment says.

Credentials never leave this module but in the header for the proxy; no error and no ``repr`` shows them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.parse import unquote

from aggregator.errors import AggregatorError

_PROXY = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:(?P<user>.*)@)?(?P<place>[^/?#@]+)/?", re.DOTALL
)
_PLACE = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?")
USUAL_PORT = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """An HTTP proxy: its address without credentials, and these."""

    url: str
    user: str | None = field(default=None, repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxies:
    """The proxy for each scheme, None for none; hosts that ``exempt`` names are asked directly.

    ``exempt`` has what stands in NO_PROXY between commas.
    """

    http: Proxy | None = None
    https: Proxy | None = None
    exempt: tuple[str, ...] = ()

    def choose(self, scheme: str, host: str, port: int | None) -> Proxy | None:
        """Return the proxy for an address, None where it is asked directly."""
        proxy = self.https if scheme == "https" else self.http
        return None if proxy is None or any(_is_named(one, host, port) for one in self.exempt) else proxy


NO_PROXIES = Proxies()


def parse_proxy(text: str, name: str) -> Proxy:
    """Return the proxy that a text means; raises AggregatorError, which shows ``name`` and not the text.

    Escapes (``%40``) in user name and password are undone.
    """
    found = _PROXY.fullmatch(text.strip())
    place = _PLACE.fullmatch(found["place"]) if found else None
    scheme = (found["scheme"] or "http").lower() if found else ""
    if scheme.startswith("socks"):
        raise AggregatorError(f"{name}: SOCKS proxies are not supported, allowed: http://HOST:PORT")
    port = int(place["port"] or USUAL_PORT) if place else 0
    if found is None or place is None or scheme != "http" or not 0 < port < 65536:
        raise AggregatorError(f"{name}: no address of an HTTP proxy, allowed: http://HOST:PORT")
    user, _, password = (found["user"] or "").partition(":")
    return Proxy(
        url=f"http://{place['host']}:{port}",
        user=unquote(user) if found["user"] is not None else None,
        password=unquote(password),
    )


def choose_proxies(configured: str, environ: Mapping[str, str] | None) -> Proxies:
    """Return the proxies by ``fetch.proxy``, or where that is empty by the environment; None: not by that.

    As usual ``https_proxy``, ``http_proxy``, ``all_proxy`` and ``no_proxy`` count, in small letters first.
    ``HTTP_PROXY`` in capitals does not where REQUEST_METHOD is set: a request's header may have made it.
    Raises AggregatorError.
    """
    if configured:
        proxy = parse_proxy(configured, "fetch.proxy")
        return Proxies(http=proxy, https=proxy)
    if environ is None:
        return NO_PROXIES
    exempt = tuple(one.strip() for one in _read(environ, "no_proxy")[1].split(",") if one.strip())
    return Proxies(http=_find(environ, "http_proxy"), https=_find(environ, "https_proxy"), exempt=exempt)


def _find(environ: Mapping[str, str], name: str) -> Proxy | None:
    said_by, text = _read(environ, name)
    if not text:
        said_by, text = _read(environ, "all_proxy")
    return parse_proxy(text, said_by) if text else None


def _read(environ: Mapping[str, str], name: str) -> tuple[str, str]:
    """Return the variable that counts, and what it says."""
    names = [name] if name == "http_proxy" and "REQUEST_METHOD" in environ else [name, name.upper()]
    return next(((one, environ[one].strip()) for one in names if environ.get(one, "").strip()), (name, ""))


def _is_named(exempt: str, host: str, port: int | None) -> bool:
    """Tell whether an entry of NO_PROXY means a host: itself, the domain that it is in, or its network."""
    if exempt == "*":
        return True
    bare = host.strip("[]").rstrip(".").lower()
    name, _, wanted = (
        exempt.rpartition(":") if re.fullmatch(r"[^:]+:\d+|\[.*\]:\d+", exempt) else (exempt, "", "")
    )
    if wanted and int(wanted) != port:
        return False
    name = name.strip("[]").lower().removeprefix("*").strip(".")
    try:
        return ip_address(bare) in ip_network(name, strict=False)
    except ValueError:
        return bool(name) and (bare == name or bare.endswith(f".{name}"))
