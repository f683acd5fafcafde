"""Hosts that are an address themselves."""

import pytest

from aggregator.urls.literals import is_literal, name_network, read_literal


@pytest.mark.parametrize(
    ("host", "is_address"),
    [("192.0.2.1", True), ("::1", True), ("[2001:db8::7]", True), ("news.example", False), ("0x7f.1", False),
     ("", False), ("192.0.2", False)],
)  # fmt: skip
def test_a_literal_is_no_name(host, is_address):
    """Only what IP writes as an address is one, with or without brackets."""
    assert is_literal(host) is is_address


@pytest.mark.parametrize(
    ("host", "named"),
    [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
     ("2001:db8:0:7:1::2", "2001:0db8:0000:0007"), ("fe80::1%eth0", "fe80:0000:0000:0000")],
)  # fmt: skip
def test_a_client_is_counted_by_its_network(host, named):
    """It has one address in IPv4, however that is written, and a /64 of them in IPv6."""
    assert name_network(read_literal(host)) == named
