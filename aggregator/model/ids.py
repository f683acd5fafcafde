"""Ids made of what they identify, the same on every machine: UUIDv5 in the namespace of URLs (RFC 9562)."""

import re
from hashlib import sha1
from uuid import NAMESPACE_URL

_NAMESPACE = NAMESPACE_URL.bytes
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_id(text: str) -> bool:
    """Tell whether ``text`` has the form of an article's or a story's id."""
    return _ID.fullmatch(text) is not None


def make_article_id(canonical_url: str) -> str:
    """Return the id of the article at a canonical address."""
    return make_id(canonical_url)


def make_id(*parts: str) -> str:
    """Return an id made of texts, for what has no address of its own."""
    # As str(uuid.uuid5()) does, which takes three times as long for objects that are not needed.
    digest = bytearray(sha1(_NAMESPACE + "\n".join(parts).encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50  # the version
    digest[8] = digest[8] & 0x3F | 0x80  # the variant
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
