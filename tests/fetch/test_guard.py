"""The address guard: its rule, and that no way of naming an address gets past it."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import AddressRefused, FetchError
from aggregator.fetch.guard import is_odd_ipv4, is_public_address, make_guarded_socket
from aggregator.fetch.resolve import is_localhost
from tests.fetch.client import fetch, fetch_with, limits
from tests.loopback import Answer

GUARDED = limits(allow_private_addresses=False)

PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "192.0.1.1"]
PUBLIC += ["2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888"]

REFUSED = {
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],
    "loopback": ["127.0.0.1", "127.255.0.9", "::1"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
    "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
    "link-local": ["169.254.169.254", "fe80::1", "fe80::1%eth0"],
    "unique and site-local": ["fc00::1", "fd12:3456::1", "fec0::1"],
    "multicast and broadcast": ["224.0.0.1", "239.1.1.1", "255.255.255.255", "ff02::1"],
    "reserved": ["240.0.0.1", "192.0.0.8", "100::1", "5f00::1", "4000::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "benchmarking": ["198.18.0.1", "198.19.255.255", "2001:2::1"],
    "6to4": ["192.88.99.1", "2002:7f00:1::1", "2002:808:808::1"],
    "Teredo": ["2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"],
    "IPv4-mapped": ["::ffff:127.0.0.1", "::ffff:8.8.8.8"],
    "IPv4-compatible": ["::127.0.0.1", "::8.8.8.8"],
    "no address": ["", "localhost", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "127.1", "8.8.8.8%1"],
}


@pytest.mark.parametrize("ip", PUBLIC)
def test_public_addresses_pass(ip):
    """Ordinary addresses are let through, next neighbours of special ranges included."""
    assert is_public_address(ip)


@pytest.mark.parametrize(("kind", "ip"), [(kind, ip) for kind, ips in REFUSED.items() for ip in ips])
def test_special_addresses_are_refused(kind, ip):
    """Every kind of special address is refused, whatever is no plain address as well."""
    assert not is_public_address(ip), kind


@given(st.ip_addresses())
def test_guard_is_no_laxer_than_the_standard_library(address):
    """What the guard lets pass, the standard library calls global unicast."""
    if is_public_address(str(address)):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@given(st.ip_addresses(v=4))
def test_no_form_that_wraps_an_ipv4_address_passes(address):
    """An IPv4 address inside an IPv6 one is refused, be it public or not."""
    number = int(address)
    wrapped = [number, 0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    assert not any(is_public_address(str(ipaddress.IPv6Address(form))) for form in wrapped)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0177.0.0.1", "0x7f000001", "0X7F.1", "127.1", "1.2.3.4.5", "256.1.1.1", "0x", "a.1"],
)
def test_odd_spellings_of_ipv4_are_known(host):
    """A host that ends in a number is an IPv4 address, and only one spelling is the usual one."""
    assert is_odd_ipv4(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "8.8.8.8", "a.example", "1.2.3.4.example", "0xyz", "::ffff:127.0.0.1", ""]
)
def test_usual_hosts_are_not_odd(host):
    """Four decimal numbers and names are fine."""
    assert not is_odd_ipv4(host)


def test_guarded_socket_is_made_for_public_addresses_only():
    """The factory makes sockets, and none for what the guard refuses."""
    with make_guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("8.8.8.8", 80))) as made:
        assert made.family == socket.AF_INET
    with pytest.raises(PermissionError, match="is not a public address"):
        make_guarded_socket((socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("::1", 80, 0, 0)))


def test_only_what_is_allowed_by_name_is_connected_to(loopback):
    """A network of the settings is let through, its neighbours and its disguises are not."""
    loopback.route("/feed", Answer(body=b"here"))
    within = limits(allow_private_addresses=False, allowed_networks=(ipaddress.ip_network("127.0.0.1"),))
    assert fetch(loopback.url + "/feed", within=within).body == b"here"
    for host in ("127.0.0.2", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"):
        with pytest.raises(AddressRefused):
            fetch(loopback.at(host, "/feed"), within=within)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"),
        *("localhost", "LocalHost.", "a.localhost"),
        *("2130706433", "0177.0.0.1", "0x7f000001", "127.1", "127。0。0。1"),
    ],
)
def test_no_spelling_of_loopback_is_connected_to(loopback, host):
    """Literal, mapped, named or odd: the guard refuses, and the server never sees a connection."""
    loopback.route("/feed", Answer(body=b"secret"))
    with pytest.raises(AddressRefused):
        fetch(loopback.at(host, "/feed"), within=GUARDED)
    assert loopback.connections == 0


def test_refusal_names_the_address_and_the_setting(loopback):
    """The one line says what was refused and which setting would allow it."""
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.1 is not .* fetch\.allowed_networks"):
        fetch(loopback.url, within=GUARDED)


def test_redirects_to_other_schemes_are_refused(loopback):
    """A hop is checked like the first address: a file is not read because a server says so."""
    target = loopback.route("/old", Answer(status=302, headers={"Location": "file:///etc/passwd"}))
    with pytest.raises(AddressRefused, match="only http and https"):
        fetch(target)


@pytest.mark.parametrize("location", ["http://0177.0.0.1/", "http://2130706433/", "//0x7f.1/"])
def test_redirects_to_odd_spellings_are_refused(loopback, location):
    """The odd spellings are refused as a hop too, even where private addresses are allowed."""
    with pytest.raises(AddressRefused, match="four decimal numbers"):
        fetch(loopback.route("/old", Answer(status=301, headers={"Location": location})))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/x", "gopher://a/", "data:,x", "feed"])
def test_other_schemes_are_refused(url):
    """Only http and https are ever fetched."""
    with pytest.raises(AddressRefused, match="only http and https"):
        fetch(url)


@pytest.mark.parametrize(
    "url", ["http://", "http:///feed", "http://[bad/", "http://a.example:99999/", "http://a\n/"]
)
def test_what_is_no_address_says_so(url):
    """An address that cannot be asked for is an error like any other, in one line."""
    with pytest.raises(FetchError, match="not an address"):
        fetch(url)


def test_names_under_localhost_lead_to_loopback(loopback):
    """``localhost`` and all names under it resolve without asking the system."""
    loopback.route("/feed", Answer(body=b"here"))

    async def steps(fetcher):
        hosts = ("localhost", "daily-planet.localhost", "a.b.localhost.")
        return [(await fetcher.get(loopback.at(host, "/feed"))).body for host in hosts]

    assert fetch_with(steps) == [b"here"] * 3
    assert loopback.requests[1].headers["Host"] == f"daily-planet.localhost:{loopback.port}"


def test_only_the_last_label_makes_a_name_local():
    """``localhost`` inside or at the end of another label means nothing."""
    assert is_localhost("A.LOCALHOST.")
    assert not any(map(is_localhost, ("localhost.example", "notlocalhost", "", "127.0.0.1")))


@pytest.mark.parametrize("host", ["nowhere.invalid", "a..b", "a" * 64 + ".invalid"])
def test_name_without_address_is_an_error(host):
    """A host that does not exist, or cannot, ends as one plain line."""
    with pytest.raises(FetchError, match="host name") as caught:
        fetch(f"http://{host}/feed")
    assert "\n" not in str(caught.value)
