"""The operator's keys, where the library that they need is not installed."""

import base64
import sys

import pytest

from aggregator.errors import SecretError
from aggregator.secured import SecuredKeys

KEY = base64.b64encode(b"k" * 32).decode()


def test_keys_without_their_library_say_what_to_install(monkeypatch):
    """It is an extra: who states keys and has none learns it at the start; who states no keys needs none."""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(SecretError, match=r"pip install 'aggregator\[secured\]'"):
        SecuredKeys.of({"AGGREGATOR_SECURED_KEYS": KEY})
    assert SecuredKeys.of({}).keys == ()
