"""AMP: where an article's AMP page may be, the proof that it is one, and its address in the cache.

Addresses follow "AMP Cache URL format and request handling" (amp.dev, guides and tutorials).
"""

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlsplit

from aggregator.model import Article, make_article_id
from aggregator.urls import canonical_url
from aggregator.urls.literals import is_literal

CACHE_HOST = "cdn.ampproject.org"
MAX_LABEL = 63

_RIGHT_TO_LEFT = "[\u0591-\u06ef\u06fa-\u07ff\u200f\ufb1d-\ufdff\ufe70-\ufefc]"
_LEFT_TO_RIGHT = (
    "[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02b8\u0300-\u0590"
    "\u0800-\u1fff\u200e\u2c00-\ufb1c\ufe00-\ufe6f\ufefd-\uffff]"
)


_GROUPS = {
    "scheme": "(?P<scheme>https?)",
    "host": "(?P<host>[^/]+)",
    "path": "(?P<path>/.*?)",
    "query": "(?P<query>.*)",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class AmpCandidate:
    """An address that may be an article's AMP page, and who says so: ``entry``, ``page``, ``pattern``."""

    url: str
    origin: str


def list_amp_candidates(
    article: Article, *, entry_link: str | None = None, page_link: str | None = None
) -> tuple[AmpCandidate, ...]:
    """Return where the AMP page of ``article`` may be, the most trusted first, each address once.

    ``entry_link`` is what the source says, ``page_link`` what the article's page says; at last comes the
    provider's pattern. Addresses that the cache has no form for are left out.
    """
    said = (("entry", entry_link), ("page", page_link), ("pattern", _fill_pattern(article)))
    found: dict[str, AmpCandidate] = {}
    for origin, url in said:
        if url and make_amp_cache_url(url) is not None:
            found.setdefault(url, AmpCandidate(url=url, origin=origin))
    return tuple(found.values())


def _fill_pattern(article: Article) -> str | None:
    pattern, url = article.provider.amp_pattern, article.web_url
    if pattern is None or url is None:
        return None
    parts = urlsplit(url)
    values = {"scheme": parts.scheme, "host": parts.netloc, "path": parts.path, "query": parts.query}
    return re.sub(r"\{(scheme|host|path|query)\}", lambda found: values[found[1]], pattern)


def find_article_path(url: str, pattern: str) -> str | None:
    """Return the address of the article whose AMP page ``url`` is by a provider's ``pattern``, else None."""
    parts = re.split(r"\{(scheme|host|path|query)\}", pattern)
    expression = "".join(_GROUPS[p] if n % 2 else re.escape(p) for n, p in enumerate(parts))
    found = re.fullmatch(expression, url)
    if found is None or not {"host", "path"} <= found.groupdict().keys():
        return None
    return f"{found.groupdict().get('scheme') or 'https'}://{found['host']}{found['path']}"


def set_own_address(article: Article, url: str, *, origin: str) -> Article:
    """Return an article that came with its AMP page's link at its own ``url``, by which it is known."""
    key = canonical_url(url)
    return replace(
        article,
        id=make_article_id(key),
        canonical_url=key,
        web_url=url,
        amp_link=article.web_url,
        origins={**article.origins, "web_url": origin},
    )


def find_amp_refusal(
    article_urls: tuple[str | None, ...], *, is_amp: bool, canonical: str | None
) -> str | None:
    """Say why a page that answered 200 is not the AMP page of the article at these addresses, None if it is.

    ``is_amp``: it says so of itself; ``canonical`` is the address that it names as the article's.
    """
    if not is_amp:
        return "it does not say that it is AMP (<html amp>)"
    if canonical is None:
        return "it names no canonical article"
    if canonical_url(canonical) not in {canonical_url(url) for url in article_urls if url}:
        return f"its canonical points elsewhere, to {canonical}"
    return None


def make_amp_cache_url(url: str) -> str | None:
    """Return the address of the AMP page ``url`` in the AMP cache.

    None where the cache has none: an IP address, or a host name of a single label. Port and fragment
    are dropped, the rest stays as it is.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
    except ValueError:  # no address, or a host that can be none
        return None
    if parts.scheme not in ("http", "https") or "." not in host or is_literal(host):
        return None
    scheme = "s/" if parts.scheme == "https" else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"https://{make_amp_cache_label(host)}.{CACHE_HOST}/c/{scheme}{host}{parts.path}{query}"


def make_amp_cache_label(host: str) -> str:
    """Return the cache's sub-domain for a publisher's ``host``, a lower-case name in its ASCII form."""
    readable = _readable_label(host)
    if readable is not None:
        return readable
    digest = hashlib.sha256(host.encode("ascii", "surrogateescape")).digest()
    return base64.b32encode(digest).decode("ascii").lower().rstrip("=")


def _readable_label(host: str) -> str | None:
    unicode_host = ".".join(_to_unicode(label) for label in host.split("."))
    if _has_hyphens_3_and_4(host) or len(host) > MAX_LABEL or _has_both_directions(unicode_host):
        return None
    label = _to_ascii(unicode_host.replace("-", "--").replace(".", "-")).lower()
    if len(label) > MAX_LABEL:
        return None
    return f"0-{label}-0" if _has_hyphens_3_and_4(label) else label


def _has_both_directions(text: str) -> bool:
    if text.isascii():
        return False
    return all(pattern.search(text) for pattern in _compile_directions())


@cache
def _compile_directions() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # Hardly any host is asked about, and every command that judges articles imports this module.
    return re.compile(_LEFT_TO_RIGHT), re.compile(_RIGHT_TO_LEFT)


def _has_hyphens_3_and_4(label: str) -> bool:
    return label[2:4] == "--" and not label.startswith("xn--")


def _to_unicode(label: str) -> str:
    # Punycode alone (RFC 3492), as the cache does it, without the checks of IDNA.
    return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label


def _to_ascii(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
