"""Whether a push was signed with its subscription's secret (W3C WebSub section 8); pure."""

import hashlib
import hmac

_ALGORITHMS = {
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}
"""The recognised names (section 8.1); most hubs still sign with SHA-1, which HMAC is not broken with."""


def is_signed_with(secret: str, body: bytes, signature: str | None) -> bool:
    """Tell whether ``signature``, an ``X-Hub-Signature`` as received, is that of ``body``; None: unsigned."""
    method, _, stated = (signature or "").strip().partition("=")
    algorithm = _ALGORITHMS.get(method.lower())
    if algorithm is None:
        return False
    expected = hmac.new(secret.encode("ascii"), body, algorithm).hexdigest()
    return hmac.compare_digest(expected.encode("ascii"), stated.lower().encode("utf-8", "replace"))
