"""What a library does not say leaves no hole in the line that an operator reads."""

import socket
from types import SimpleNamespace

import aiohttp
import pytest

from aggregator.fetch.failure import translate_error

KEY = SimpleNamespace(host="daily.example", port=80, ssl=None, is_ssl=False)


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (aiohttp.ClientConnectorError(KEY, OSError()), "cannot connect: OSError: "),
        (aiohttp.ClientConnectorError(KEY, OSError("no way")), "cannot connect: no way: "),
        (aiohttp.ClientConnectorError(KEY, socket.gaierror(socket.EAI_NONAME)), "its spelling (-2)"),
        (aiohttp.ClientConnectorError(KEY, socket.gaierror()), "its spelling (gaierror)"),
        (aiohttp.ClientResponseError(None, (), message=""), "is not valid HTTP (ClientResponseError): "),
        (OSError(), "the connection was lost (OSError): "),
        (ValueError(), "it cannot be asked for: ValueError"),
        (RuntimeError(" "), "the exchange failed (RuntimeError): "),
    ],
)
def test_an_error_without_a_text_is_reported_by_its_kind(error, part):
    """There is neither an empty pair of brackets nor a colon with nothing behind, nor None."""
    reason = translate_error("http://daily.example/", error, connect_timeout_s=5).reason
    assert part in reason
    assert not [hole for hole in ("()", "(None)", "(str)", ": :") if hole in reason]


def test_all_addresses_of_a_name_that_are_refused_are_named():
    """An operator who means that host pastes the example."""
    said = "Multiple exceptions: [Errno 13] 127.0.0.1 is not a public address, [Errno 13] ::1 is not a public address"
    error = aiohttp.ClientConnectorError(KEY, OSError(said))
    reason = translate_error("http://daily.example/", error, connect_timeout_s=5).reason
    assert reason.startswith("127.0.0.1 is not a public address, ::1 is not a public address: ")
    assert "`fetch: {allowed_networks: ['127.0.0.1', '::1']}`" in reason
