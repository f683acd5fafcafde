"""The id of a source: the one given, or one made from its address."""

import hashlib
import re
from urllib.parse import urlsplit

LONGEST = 80
DIGEST_CHARACTERS = 6

_PLAIN = re.compile(r"[a-z0-9./-]*")
_GAPS = re.compile(r"[^a-z0-9]+")


def make_source_id(url: str) -> str:
    """Return the id made from the host and path of ``url``, always the same for the same address.

    Where the address says more than a slug can keep (a query, capitals, other scripts, great
    length), six digits of its hash follow, so that two such addresses get two ids. Raises
    ValueError for what is no address.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    address = f"{host}{parts.path.rstrip('/')}"
    slug = _GAPS.sub("-", address.lower()).strip("-")
    if _PLAIN.fullmatch(address) and not parts.query and not parts.port and len(slug) <= LONGEST:
        return slug
    digest = hashlib.blake2b(url.encode("utf-8", "replace")).hexdigest()[:DIGEST_CHARACTERS]
    return f"{slug[:LONGEST].strip('-')}-{digest}".strip("-")


def make_entry_id(entry: object) -> str | None:
    """Return the id that an entry of the file gives or has made, None where it has neither."""
    keys = entry if isinstance(entry, dict) else {}
    given, url = keys.get("id"), keys.get("url")
    if isinstance(given, str) or not isinstance(url, str):
        return given if isinstance(given, str) else None
    try:
        return make_source_id(url)
    except ValueError:
        return None
