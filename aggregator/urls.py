"""Addresses: made absolute, freed of tracking, compared. Pure; nothing here raises on any input.

The tracking parameters are those of Mozilla's query-stripping list (``privacy.query_stripping.strip_list``)
and of the ClearURLs rules for all sites, with those that publishers put on links in their own feeds
(BBC's ``at_*``, Deutsche Welle's ``maca``, AT Internet's ``xtor``).
"""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import parse_qs, quote, urljoin, urlsplit, urlunsplit

import tldextract

MAX_LENGTH = 4096

_TRACKING = re.compile(
    r"(utm_\w+|at_(?:medium|campaign|custom\d|link\w*|bbc\w*|ptr_name|format|creation)|mtm_\w+|pk_(?:campaign|kwd|source|medium)"
    r"|ns_(?:mchannel|source|campaign|linkname|fee)|hsa_\w+|_hs(?:enc|mi)|__hs(?:sc|tc|fp)|hsctatracking|mc_[ce]id|mkt_tok"
    r"|fbclid|gclid|gclsrc|dclid|wbraid|gbraid|msclkid|twclid|ttclid|igshid|igsh|li_fat_id|yclid|ysclid|oly_(?:anon|enc)_id"
    r"|vero_(?:id|conv)|rb_clickid|s_cid|wickedid|ml_subscriber(?:_hash)?|_openstat|mbid|ncid|cmpid|smid|maca|xtor|wt_mc(?:_\w+)?"
    r"|spm|scid|ito|feedtype|feedname|ftag|guccounter|guce_referrer(?:_sig)?|__twitter_impression|_ga|_gl)",
    re.IGNORECASE,
)
# These names also carry meaning; only these values tell that a reader came by a feed.
_BY_VALUE = re.compile(
    r"(?:source|src|from|ref|rel|medium|cid|cmp|ref_src|via|partner|origin)=(?:(?:public)?_?rss(?:feed)?(?:[-_.]\w+)*|feed(?:burner|ly)?|atom|twsrc\w*)"
    r"|rss=(?:1|true|yes)|feed=(?:rss|atom)",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"(?:utm_\w+|xtor|at_medium|at_campaign|ref|rss|ns_\w+)(?:=.*)?|:~:text=.*", re.IGNORECASE
)

_STRAY = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]+")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?"

_PROXIES = (
    (re.compile(r"(?:www\.)?google\.[a-z.]{2,6}"), "/url", ("url", "q")),
    (re.compile(r"(?:www\.)?bing\.com"), "/news/apiclick.aspx", ("url",)),
    (re.compile(r"l\.facebook\.com"), "/l.php", ("u",)),
    (re.compile(r"(?:\w+\.)?safelinks\.protection\.outlook\.com"), "/", ("url",)),
    (re.compile(r"out\.reddit\.com"), "/", ("url",)),
)
_extract = tldextract.TLDExtract(suffix_list_urls=(), include_psl_private_domains=True, cache_dir=None)


def absolute_url(base: str, ref: str | None) -> str | None:
    """Return ``ref`` as an absolute http or https address that is a valid URI (RFC 3986 section 5).

    ``base`` may be empty. None where there is no such address: another scheme, no host, a host that
    cannot be one, or more than ``MAX_LENGTH`` characters. Credentials are left out.
    """
    if not ref or len(ref) > MAX_LENGTH:
        return None
    try:
        return _valid(_joined(base, ref))
    except ValueError:
        return None


def _joined(base: str, ref: str) -> str:
    text = _STRAY.sub(lambda found: "" if set(found[0]) & set("\r\n\t") else " ", ref.strip()).strip()
    if _SCHEME.match(text) and not text.lower().startswith(("http:", "https:")):
        return ""
    if text.startswith("\\\\"):
        text = text.replace("\\", "/")
    return urljoin(_STRAY.sub("", base), text) if base else text


def _valid(url: str) -> str | None:
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), _ascii_host(parts.hostname or "")
    if scheme not in ("http", "https") or host is None:
        return None
    port = f":{parts.port}" if parts.port is not None and parts.port != _default_port(scheme) else ""
    path = _escaped(parts.path.replace("\\", "/"), _PATH_SAFE)
    query, fragment = _escaped(parts.query, _QUERY_SAFE), _escaped(parts.fragment, _QUERY_SAFE)
    whole = urlunsplit((scheme, host + port, path or "/", query, fragment))
    return whole if len(whole) <= MAX_LENGTH else None


def _escaped(text: str, safe: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", text), safe=safe, errors="replace")


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _ascii_host(host: str) -> str | None:
    if ":" in host:
        ipaddress.IPv6Address(host.partition("%")[0])
        return f"[{host}]" if "%" not in host else None
    name = host.lower().rstrip(".")
    if not name.isascii():
        name = name.encode("idna").decode("ascii")
    return name if len(name) <= 253 and _HOST.fullmatch(name) else None


def strip_tracking(url: str) -> str:
    """Return ``url`` without parameters that only tell where a reader came from; the rest byte for byte."""
    address, hash_sign, fragment = url.partition("#")
    if _FRAGMENT.fullmatch(fragment):
        hash_sign = fragment = ""
    path, question, query = address.partition("?")
    if question:
        kept = [pair for pair in query.split("&") if not _is_tracking(pair)]
        query = query if len(kept) == query.count("&") + 1 else "&".join(kept)
        question = "?" if query else ""
    return f"{path}{question}{query}{hash_sign}{fragment}"


def _is_tracking(pair: str) -> bool:
    pair = pair.removeprefix("amp;").removeprefix("#038;")
    return bool(_TRACKING.fullmatch(pair.partition("=")[0]) or _BY_VALUE.fullmatch(pair))


def canonical_url(url: str) -> str:
    """Return the key that tells whether two addresses are one: never shown, never fetched.

    https, host without ``www.``, no default port, no fragment but a ``#!`` route, no tracking, sorted
    query, no trailing slash, normalised escapes and dot segments (RFC 3986 section 6.2.2).
    """
    try:
        parts = urlsplit(strip_tracking(url))
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    host = f"[{host}]" if ":" in host else host
    plain = urlsplit(urljoin("http://h", "/" + parts.path.lstrip("/"))).path
    path = _normal_escapes(plain).rstrip("/") or "/"
    query = "&".join(sorted(_normal_escapes(pair) for pair in parts.query.split("&") if pair))
    route = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit(("https", host + port, path if path != "/" or query or route else "", query, route))


def _normal_escapes(text: str) -> str:
    def normal(found: re.Match[str]) -> str:
        byte = int(found[1], 16)
        return chr(byte) if byte in _UNRESERVED else found[0].upper()

    return _ESCAPE.sub(normal, text)


def unwrap_link(url: str) -> str:
    """Return the target of a redirecting address that carries it in a parameter, else ``url`` itself."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    for pattern, path, names in _PROXIES:
        if parts.path == path and pattern.fullmatch(host):
            values = parse_qs(parts.query)
            found = (absolute_url("", values[name][0]) for name in names if name in values)
            return next((target for target in found if target), url)
    return url


def host_of(url: str) -> str:
    """Return the lower-case host of ``url`` without port, "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


@lru_cache(maxsize=16_384)
def registrable_domain(host: str) -> str:
    """Return the domain that its owner registered, by the Public Suffix List with its private part.

    The host itself where it is an IP address or has no public suffix.
    """
    name = host.lower().rstrip(".")
    return _extract(name).top_domain_under_public_suffix or name
