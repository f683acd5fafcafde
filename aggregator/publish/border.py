"""What every text and address passes through before it is published."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import SplitResult, quote, urlsplit

from aggregator.text import clean_text
from aggregator.urls import absolute_url

_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?)(:[0-9]{1,5})?")
_PATH_CHARACTERS = "/%:@!$&'()*+,;=~-._"


def one_line(text: str | None) -> str:
    """Return ``text`` with only characters that XML 1.0 (section 2.2) allows; "" for None."""
    return clean_text(text) if text else ""


def web_address(url: str | None, base_url: str = "") -> str | None:
    """Return ``url`` as an absolute ASCII URI (RFC 3986) without credentials, None if it is no web page's.

    A valid URI comes back unchanged; in others, what a URI may not hold is percent-encoded.
    """
    safe = absolute_url(base_url, one_line(url)) if url else None
    try:
        parts = urlsplit(safe) if safe else None
        return _ascii(parts) if parts else None
    except ValueError:  # a host or port that no URI can have
        return None


def public_address(url: str | None) -> str | None:
    """Return ``url`` as it is, but without credentials; None if it is no web page's address."""
    if not url or web_address(url) is None:
        return None
    return one_line(absolute_url("", url)) if "@" in url else one_line(url)


def json_time(moment: datetime) -> str:
    """Return an aware time as in ``2020-09-14T01:03:00Z``: UTC, whole seconds (RFC 3339)."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def json_bytes(value: object) -> bytes:
    """Return ``value`` as readable JSON in UTF-8, keys in their order, the same bytes each time."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _ascii(parts: SplitResult) -> str | None:
    host = parts.netloc.rpartition("@")[2]
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if not _HOST.fullmatch(host.lower()):
        return None
    encoded = parts._replace(
        netloc=host,
        path=_encoded(parts.path, _PATH_CHARACTERS),
        query=_encoded(parts.query, _PATH_CHARACTERS + "?"),
        fragment=_encoded(parts.fragment, _PATH_CHARACTERS + "?"),
    )
    return encoded.geturl()


def _encoded(text: str, characters: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", text), safe=characters)
