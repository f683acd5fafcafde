"""Addresses: made absolute, freed of tracking, compared. Pure; nothing here raises on any input."""

import re
from functools import lru_cache
from urllib.parse import parse_qs, quote, urljoin, urlsplit, urlunsplit

from aggregator.urls.anchors import is_comment_anchor
from aggregator.urls.hosts import HOST, HOST_LENGTH, ascii_host
from aggregator.urls.literals import read_literal
from aggregator.urls.paper_versions import strip_paper_version
from aggregator.urls.suffixes import find_registered_domain
from aggregator.urls.tracking import is_tracking

MAX_LENGTH = 4096
"""Characters; a longer address is none."""

_OTHER_FRAGMENTS = re.compile(r"tk\.rss\w*|:~:text=.*", re.IGNORECASE | re.DOTALL)

_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
_MOST_ESCAPES = 4
_LINE_BREAKS = frozenset("\t\n\r")
_STRAY = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_WEB_ADDRESS = re.compile(r"(https?):/+", re.IGNORECASE)
_BEFORE_QUERY = re.compile(r"[^?#]*")
# What most references are already; no other form passes unchanged.
_CHARS = r"(?:[\w.~!$&'()*+,;=:@/-]++|%[0-9A-Fa-f]{2})"
_AFTER_PATH = r"(?:[\w.~!$&'()*+,;=:@/?-]++|%[0-9A-Fa-f]{2})++"
_FINISHED = re.compile(
    rf"https?://(?P<host>{HOST.pattern})/{_CHARS}*+(?:\?{_AFTER_PATH})?+(?:#{_AFTER_PATH})?+", re.ASCII
)
# Of these only the host's www and slashes at the end are not canonical, and dot segments may not be.
_PLAIN = re.compile(rf"https?://(?P<host>{HOST.pattern})(?P<path>/[\w.~!$&'()*+,;=:@/-]*+)", re.ASCII)
_PLAIN_HOST = re.compile(r"https?://([a-z0-9._-]++)(?::[0-9]++)?(?=[/?#]|\Z)")
_WWW = re.compile(r"^(?:www\.)+(?=[^.]+\.)")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?"

_PROXIES = (  # host, path, the parameters that may carry the target
    (re.compile(r"(?:(?:www|news)\.)?google\.[a-z.]{2,6}"), re.compile(r"/(?:news/)?url"), ("url", "q")),
    (re.compile(r"(?:www\.)?bing\.com"), re.compile(r"/news/apiclick\.aspx"), ("url",)),
    (re.compile(r"lm?\.(?:facebook|instagram)\.com"), re.compile(r"/(?:l\.php)?"), ("u",)),
    (re.compile(r"(?:\w+\.)?safelinks\.protection\.outlook\.com"), re.compile(r"/"), ("url",)),
    (re.compile(r"out\.reddit\.com"), re.compile(r"/.*"), ("url",)),
    (re.compile(r"(?:www\.)?youtube\.com"), re.compile(r"/redirect"), ("q",)),
    (re.compile(r"medium\.com"), re.compile(r"/r/"), ("url",)),
    (re.compile(r"slack-redir\.net"), re.compile(r"/link"), ("url", "v")),
    (re.compile(r"steamcommunity\.com"), re.compile(r"/linkfilter/?"), ("url", "u")),
    (re.compile(r"(?:www\.)?linkedin\.com"), re.compile(r"/redir/redirect"), ("url",)),
    (re.compile(r"t\.umblr\.com"), re.compile(r"/redirect"), ("z",)),
    (re.compile(r"(?:www\.)?duckduckgo\.com"), re.compile(r"/l/"), ("uddg",)),
    (re.compile(r"redirect\.viglink\.com"), re.compile(r"/"), ("u",)),
    (re.compile(r"go\.(?:redirectingat|skimresources)\.com"), re.compile(r"/?"), ("url",)),
)
_TARGET_IN_PATH = re.compile(r"https?://(?:us\.)?rd\.yahoo\.com/[^*?#]*\*(https?://.+)")

_PRIVATE_NAMES = (
    ".corp", ".home", ".home.arpa", ".internal", ".intranet", ".invalid", ".lan", ".local", ".localdomain",
    ".localhost", ".private",
)  # fmt: skip
_AMP_CACHED = re.compile(r"/[cviw]/(?P<secure>s/)?(?P<rest>[^/]+\..*)")
_AMP_VIEWED = re.compile(r"/amp/(?P<secure>s/)?(?P<rest>[^/]+\..*)")
_AMP_VIEWERS = re.compile(r"(?:www\.)?(?:google\.[a-z.]{2,6}|bing\.com)")


def absolute_url(base: str, ref: str | None) -> str | None:
    """Return ``ref`` as an absolute http or https address that is a valid URI (RFC 3986 section 5).

    ``base`` may be empty or useless. None where there is no such address: another scheme, no host, a
    host or port that cannot be one, or more than ``MAX_LENGTH`` characters. Credentials are left out.
    """
    if not ref or len(ref) > MAX_LENGTH:
        return None
    finished = _FINISHED.fullmatch(ref)
    if finished and len(finished["host"]) <= HOST_LENGTH:
        return ref
    try:
        return _validate(_join(base, _tidy(ref)))
    except ValueError:
        return None


def unescape_ampersands(url: str) -> str:
    """Return an address without the escapes of markup that are left in its ampersands."""
    for _ in range(_MOST_ESCAPES):
        if "&" not in url or not _AMPERSAND.search(url):
            break
        url = _AMPERSAND.sub("&", url)
    return url


def _tidy(ref: str) -> str:
    # A feed may break an address over lines; browsers also read a backslash as a slash, and any
    # number of slashes after the scheme as two.
    text = _STRAY.sub(lambda found: " " if _LINE_BREAKS.isdisjoint(found[0]) else "", ref.strip()).strip()
    before = _BEFORE_QUERY.match(text)
    end = before.end() if before else 0
    return _WEB_ADDRESS.sub(r"\1://", text[:end].replace("\\", "/"), count=1) + text[end:]


def _join(base: str, ref: str) -> str:
    scheme = _SCHEME.match(ref)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return ""
    if _WEB_ADDRESS.match(ref):
        return ref
    if ref.startswith("//") and not _WEB_ADDRESS.match(base.strip()):
        return f"https:{ref}"
    return urljoin(_STRAY.sub("", base), ref)


def _validate(url: str) -> str | None:
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), ascii_host(parts.hostname or "")
    if scheme not in ("http", "https") or host is None:
        return None
    port = f":{parts.port}" if parts.port is not None and parts.port != _default_port(scheme) else ""
    path = _escape(parts.path, _PATH_SAFE)
    query, fragment = _escape(parts.query, _QUERY_SAFE), _escape(parts.fragment, _QUERY_SAFE)
    whole = urlunsplit((scheme, host + port, path or "/", query, fragment))
    return whole if len(whole) <= MAX_LENGTH else None


def _escape(text: str, safe: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", text), safe=safe, errors="replace")


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def strip_tracking(url: str) -> str:
    """Return ``url`` without parameters that only tell where a reader came from; the rest byte for byte."""
    if "?" not in url and "#" not in url:
        return url
    address, hash_sign, fragment = url.partition("#")
    domain = registrable_domain(host_of(url))
    if fragment and _is_tracking_fragment(fragment, domain):
        hash_sign = fragment = ""
    path, question, query = address.partition("?")
    kept = [pair for pair in query.split("&") if not is_tracking(pair, domain)]
    if len(kept) <= query.count("&"):
        query = "&".join(kept).removeprefix("amp;")
    return f"{path}{question if query else ''}{query}{hash_sign}{fragment}"


def _is_tracking_fragment(fragment: str, domain: str) -> bool:
    return bool(_OTHER_FRAGMENTS.fullmatch(fragment)) or all(
        "=" in pair and is_tracking(pair, domain) for pair in fragment.split("&")
    )


def canonical_url(url: str) -> str:
    """Return the key that tells whether two addresses are one: never shown, never fetched.

    https, host without ``www.``, no default port, no fragment but a ``#!`` route or a comment's, no
    tracking, no version of a paper, sorted query, no trailing slash, normalised escapes and dot segments
    (RFC 3986 section 6.2.2). What is no web address only loses its tracking.
    """
    stripped = strip_tracking(url)
    plain = _PLAIN.fullmatch(stripped) if len(stripped) <= MAX_LENGTH else None
    if plain and "/." not in plain["path"] and len(plain["host"]) <= HOST_LENGTH:
        path = strip_paper_version(plain["path"].strip("/"))
        return f"https://{_WWW.sub('', plain['host'])}{'/' if path else ''}{path}"
    address = absolute_url("", stripped)
    if address is None:
        return stripped
    # Once more, for names that were hidden behind escapes.
    parts = urlsplit(strip_tracking(_normalise_escapes(address)))
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = strip_paper_version(_drop_dot_segments(parts.path).strip("/"))
    query = "&".join(sorted(filter(None, parts.query.split("&"))))
    is_kept = parts.fragment.startswith("!") or is_comment_anchor(parts.fragment)
    route = parts.fragment if is_kept else ""
    slash = "/" if path or query or route else ""
    host = _WWW.sub("", parts.netloc.removesuffix(f":{parts.port}"))
    return urlunsplit(("https", host + port, slash + path, query, route))


def _drop_dot_segments(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)


def _normalise_escapes(text: str) -> str:
    def normal(found: re.Match[str]) -> str:
        byte = int(found[1], 16)
        return chr(byte) if byte in _UNRESERVED else found[0].upper()

    return _ESCAPE.sub(normal, text)


def unwrap_link(url: str) -> str:
    """Return the target of a redirecting address that carries it itself, else ``url`` unchanged."""
    in_path = _TARGET_IN_PATH.fullmatch(url) if "*http" in url else None
    if in_path:
        return absolute_url("", in_path[1]) or url
    for paths, names in _proxies_at(host_of(url)):
        parts = urlsplit(url)
        if paths.fullmatch(parts.path):
            return _read_target(parts.query, names) or url
    return url


@lru_cache(maxsize=4096)
def _proxies_at(host: str) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple((paths, names) for hosts, paths, names in _PROXIES if hosts.fullmatch(host))


def _read_target(query: str, names: tuple[str, ...]) -> str | None:
    values = parse_qs(query)
    found = (absolute_url("", values[name][0]) for name in names if name in values)
    return next((target for target in found if target), None)


def unwrap_amp(url: str) -> str:
    """Return the publisher's address in that of an AMP cache or viewer, else ``url`` itself.

    They carry it after ``/c/`` (also ``/v/`` and ``/i/``) or ``/amp/``, with ``s/`` before it for https.
    """
    pattern = _amp_path_at(host_of(url))
    if pattern is None:
        return url
    parts = urlsplit(url)
    found = pattern.fullmatch(parts.path)
    if found is None:
        return url
    query = f"?{parts.query}" if parts.query else ""
    return absolute_url("", f"http{(found['secure'] and 's') or ''}://{found['rest']}{query}") or url


@lru_cache(maxsize=4096)
def _amp_path_at(host: str) -> re.Pattern[str] | None:
    if host.endswith(("cdn.ampproject.org", "bing-amp.com")):
        return _AMP_CACHED
    return _AMP_VIEWED if _AMP_VIEWERS.fullmatch(host) else None


@lru_cache(maxsize=256)  # several questions in a row are about the same address
def host_of(url: str) -> str:
    """Return the lower-case host of ``url`` in ASCII, without port, "" where it has none."""
    if plain := _PLAIN_HOST.match(url):
        return plain[1].rstrip(".")
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
        return host if host.isascii() else ascii_host(host) or host
    except ValueError:
        return ""


@lru_cache(maxsize=16_384)
def registrable_domain(host: str) -> str:
    """Return the domain that its owner registered, by the Public Suffix List with its private part.

    The host itself where it is an IP address or has no public suffix.
    """
    name = host.lower().rstrip(".")
    return find_registered_domain(name) or name


@lru_cache(maxsize=4096)
def has_public_suffix(host: str) -> bool:
    """Tell whether a host ends as the Public Suffix List says that hosts end."""
    return bool(find_registered_domain(host))


def is_public(url: str) -> bool:
    """Tell whether the host of an address can be one on the Internet, as far as its name tells."""
    return _is_public_host(host_of(url))


@lru_cache(maxsize=4096)
def _is_public_host(host: str) -> bool:
    literal = read_literal(host)
    if literal is not None:
        return literal.is_global
    return "." in host and not host.endswith(_PRIVATE_NAMES)
