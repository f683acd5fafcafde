"""The ``secured`` field: what only the operator's own tools may read, encrypted.

AES-256-GCM (NIST SP 800-38D) under a random 16-byte initialisation vector. The record's identity is
associated data, so that a payload cannot be moved to another record. Written as the record has it:
base64 of ciphertext and tag, ``;``, base64 of the vector.

The library is an extra and imported where it is needed: it takes 17 MB, in memory 6, and most have no key.
"""

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from aggregator.errors import SecretError

VARIABLE = "AGGREGATOR_SECURED_KEYS"
IV_BYTES = 16
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SecuredKeys:
    """The operator's keys: the first one encrypts, every one is tried when reading."""

    keys: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "SecuredKeys":
        """Return the keys in ``AGGREGATOR_SECURED_KEYS``: base64 of 32 bytes each, separated by commas.

        Raises SecretError where one is none, which the error never shows, or where the library is missing.
        """
        parts = (part.strip() for part in environ.get(VARIABLE, "").split(","))
        keys = tuple(_read_key(part, number) for number, part in enumerate(parts, start=1) if part)
        if keys and find_spec("cryptography") is None:
            raise SecretError(
                f"{VARIABLE} needs a library that is not installed: pip install 'aggregator[secured]'"
            )
        return cls(keys)


def seal(payload: Mapping[str, Any], *, identity: str, keys: SecuredKeys) -> str:
    """Return ``payload`` (JSON values) encrypted for the record of this ``identity``, each time anew."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  # see the top

    vector = os.urandom(IV_BYTES)
    sealed = AESGCM(keys.keys[0]).encrypt(vector, _serialise(payload), identity.encode())
    return f"{base64.b64encode(sealed).decode()};{base64.b64encode(vector).decode()}"


def digest_payload(payload: Mapping[str, Any], *, identity: str, keys: SecuredKeys) -> str:
    """Return what changes where a sealed text has to be made anew: payload, identity, or first key."""
    digested = b"\0".join((keys.keys[0], identity.encode(), _serialise(payload)))
    return hashlib.sha256(digested).hexdigest()


def reveal(secured: str, *, identity: str, keys: SecuredKeys) -> dict[str, Any]:
    """Return the payload of a ``secured`` text.

    Raises SecretError where no key is set, none opens it, or it is no such text.
    """
    if not keys.keys:
        raise SecretError(f"no key is set: put the keys into {VARIABLE}, base64, separated by commas")
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # see the top
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  # see the top

    sealed, vector = _split_parts(secured)
    for key in keys.keys:
        try:
            return dict(json.loads(AESGCM(key).decrypt(vector, sealed, identity.encode())))
        except InvalidTag:
            continue
    raise SecretError(
        f"none of {len(keys.keys)} keys opens it: made with another key, for another record, or changed since"
    )


def _read_key(text: str, number: int) -> bytes:
    key = _decode(text)
    if len(key) != KEY_BYTES:
        raise SecretError(
            f"{VARIABLE}: key {number} is not base64 of {KEY_BYTES} bytes; make one: openssl rand -base64 32"
        )
    return key


def _split_parts(secured: str) -> tuple[bytes, bytes]:
    first, mark, second = secured.partition(";")
    sealed, vector = _decode(first), _decode(second)
    if not mark or not sealed or len(vector) != IV_BYTES:
        raise SecretError("the secured text is not base64 ciphertext; base64 16-byte vector")
    return sealed, vector


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _serialise(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
