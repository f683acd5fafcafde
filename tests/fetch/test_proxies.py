"""Asking through a proxy: what goes over the wire, what the guard still refuses, and whose fault a failure is."""

import asyncio
import socket
import ssl
from base64 import b64encode
from pathlib import Path

import pytest

from aggregator.errors import AddressRefused, AggregatorError, CannotAsk, FetchError
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.proxies import NO_PROXIES, Proxies, choose_proxies, parse_proxy
from tests.fetch.client import limits
from tests.loopback import Answer, Loopback
from tests.proxy_server import ProxyServer

PUBLIC = "93.184.216.34"
CERTIFICATE = Path(__file__).parent / "self_signed.pem"
NAMES = {
    "daily.example": [PUBLIC],
    "xn--i-7iq.example": [PUBLIC],
    "inside.example": ["10.1.2.3"],
    "both.example": [PUBLIC, "127.0.0.1"],
}


def look_up(host, family):
    if host not in NAMES:
        raise socket.gaierror(socket.EAI_NONAME, "not known")
    return [(socket.AF_INET, ip) for ip in NAMES[host]]


def ask(url, proxies, **changes):
    """Return what is fetched by a guarded fetcher that knows the names above."""

    async def run():
        within = limits(allow_private_addresses=False, proxies=proxies, **changes)
        async with Fetcher(within, look_up=look_up) as fetcher:
            return await fetcher.get(url)

    return asyncio.run(run())


def failure(url, proxies):
    """Return the error that asking raises."""
    with pytest.raises(FetchError) as caught:
        ask(url, proxies)
    return caught.value


def through(proxy, **environ):
    return choose_proxies(proxy.url, environ)


def test_an_address_is_asked_for_through_the_proxy(loopback):
    """The proxy gets the whole address, as it was given, and no headers of its own without credentials."""
    loopback.route("/feed%2C1?a=%20b", Answer(body=b"hello"))
    with ProxyServer(loopback.port) as proxy:
        fetched = ask("http://daily.example/feed%2C1?a=%20b", through(proxy))
    assert fetched.body == b"hello"
    assert [one.line for one in proxy.requests] == ["GET http://daily.example/feed%2C1?a=%20b HTTP/1.1"]
    assert "proxy-authorization" not in proxy.requests[0].headers
    assert loopback.requests[0].headers["Host"] == "daily.example"


def test_a_name_of_symbols_goes_through_the_proxy(loopback):
    """As the proxy's DNS knows it."""
    loopback.route("/feed", Answer(body=b"hello"))
    with ProxyServer(loopback.port) as proxy:
        ask("http://i❤.example/feed", through(proxy))
    assert proxy.requests[0].line == "GET http://xn--i-7iq.example/feed HTTP/1.1"


def test_credentials_go_to_the_proxy_alone(loopback):
    """With their escapes undone; the server sees nothing of them."""
    loopback.route("/feed", Answer(body=b"hello"))
    with ProxyServer(loopback.port) as proxy:
        ask("http://daily.example/feed", choose_proxies(f"http://ann:p%40ss:w%C3%B6rd@{proxy.place}", None))
    expected = "Basic " + b64encode("ann:p@ss:wörd".encode()).decode()
    assert proxy.requests[0].headers["proxy-authorization"] == expected
    assert loopback.requests[0].headers["Proxy-Authorization"] is None


def test_tls_goes_through_a_tunnel():
    """CONNECT names host and port; the certificate is checked as ever, here against one that is not trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with Loopback(tls=context) as server, ProxyServer(server.port) as proxy:
        with pytest.raises(FetchError, match="certificate is not trusted"):
            ask("https://daily.example/feed", choose_proxies(f"http://ann:secret@{proxy.place}", None))
        assert proxy.requests[0].line == "CONNECT daily.example:443 HTTP/1.1"
        assert proxy.requests[0].headers["proxy-authorization"].startswith("Basic ")
        assert server.requests == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1/", "127.0.0.1 is not a public address"),
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254 is not a public address"),
        ("https://[::1]/", "::1 is not a public address"),
        ("http://[::ffff:10.0.0.1]/", "is not a public address"),
        ("http://inside.example/", "10.1.2.3 is not a public address"),
        ("https://both.example/", "127.0.0.1 is not a public address"),
        ("http://x.localhost/", "is not a public address"),
        ("http://2130706433/", "2130706433"),
    ],
)
def test_the_guard_holds_for_what_a_proxy_would_be_asked_for(loopback, url, why):
    """Private addresses, literal or by name, also beside public ones, are refused before the proxy is asked."""
    with ProxyServer(loopback.port) as proxy, pytest.raises(AddressRefused, match=why):
        ask(url, through(proxy))
    assert proxy.requests == []


def test_a_redirect_to_a_private_address_is_refused(loopback):
    """Every hop is checked, not only the first address."""
    loopback.route("/feed", Answer(status=302, headers={"Location": "http://inside.example/admin"}))
    with ProxyServer(loopback.port) as proxy, pytest.raises(AddressRefused, match=r"10\.1\.2\.3"):
        ask("http://daily.example/feed", through(proxy))
    assert len(proxy.requests) == 1


def test_a_name_that_is_unknown_here_is_not_asked_for(loopback):
    """The proxy may know it, and nobody knows where it leads."""
    why = "it is looked up before the proxy is asked"
    with ProxyServer(loopback.port) as proxy, pytest.raises(FetchError, match=why):
        ask("http://intranet.corp/", through(proxy))
    assert proxy.requests == []


def test_networks_that_are_allowed_are_asked_for_through_the_proxy(loopback):
    """The exception of the guard holds as without a proxy."""
    from ipaddress import ip_network

    loopback.route("/", Answer(body=b"hello"))
    with ProxyServer(loopback.port) as proxy:
        fetched = ask("http://inside.example/", through(proxy), allowed_networks=(ip_network("10.1.0.0/16"),))
    assert fetched.body == b"hello"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_credentials_is_our_own_trouble(loopback, scheme):
    """No source is to blame, and the error says what to do without the credentials."""
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with ProxyServer(loopback.port, refusal=refusal) as proxy:
        proxies = choose_proxies(f"http://ann:secret@{proxy.place}", None)
        error = failure(f"{scheme}://daily.example/", proxies)
    assert isinstance(error, CannotAsk)
    assert "the proxy wants credentials" in str(error)
    assert "secret" not in str(error)


def test_a_proxy_that_is_gone_is_our_own_trouble():
    """As where this machine's network is."""
    with pytest.raises(CannotAsk, match="the proxy cannot be reached"):
        ask("https://daily.example/", choose_proxies("http://ann:secret@127.0.0.1:9", None))


def test_what_the_proxy_cannot_reach_counts_against_the_source(loopback):
    """It is as if we could not reach it."""
    refusal = b"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n"
    with ProxyServer(loopback.port, refusal=refusal) as proxy:
        error = failure("https://daily.example/", through(proxy))
    assert not isinstance(error, CannotAsk)
    assert "the proxy could not reach it (504)" in str(error)


ENVIRONMENT = {
    "http_proxy": "one.example:3128", "HTTP_PROXY": "http://other.example", "HTTPS_PROXY": "http://a:b@two.example:1/",
    "NO_PROXY": "localhost, .inside.example,10.0.0.0/8,exact.example:8080,[2001:db8::1], *.star.example",
}  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "host", "port", "expected"),
    [
        ("http", "daily.example", None, "http://one.example:3128"),
        ("https", "daily.example", None, "http://two.example:1"),
        ("https", "a.inside.example", None, None),
        ("https", "inside.example", None, None),
        ("https", "notinside.example", None, "http://two.example:1"),
        ("http", "LOCALHOST.", None, None),
        ("http", "10.2.3.4", None, None),
        ("http", "11.2.3.4", None, "http://one.example:3128"),
        ("http", "exact.example", 8080, None),
        ("http", "exact.example", None, "http://one.example:3128"),
        ("http", "2001:db8::1", None, None),
        ("http", "x.star.example", None, None),
    ],
)
def test_the_environment_is_read_as_usual(scheme, host, port, expected):
    """Small letters before capitals, a proxy for each scheme, exceptions by name, domain, port and network."""
    chosen = choose_proxies("", ENVIRONMENT).choose(scheme, host, port)
    assert (chosen and chosen.url) == expected


def test_what_the_environment_says_is_bounded():
    """Not by default; not by a request's header; one for all where a scheme has none; nothing for ``*``."""
    assert choose_proxies("", None) == NO_PROXIES
    assert choose_proxies("", {"HTTP_PROXY": "http://evil.example", "REQUEST_METHOD": "GET"}).http is None
    assert choose_proxies("", {"ALL_PROXY": "http://all.example"}).https.url == "http://all.example:80"
    assert choose_proxies("", {**ENVIRONMENT, "no_proxy": "*"}).choose("http", "daily.example", None) is None
    configured = choose_proxies("http://mine.example:8", ENVIRONMENT)
    assert configured.choose("https", "inside.example", None).url == "http://mine.example:8"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("socks5://ann:secret@p.example:1080", "SOCKS proxies are not supported"),
        ("https://p.example", "no address of an HTTP proxy"),
        ("http://ann:secret@p.example:99999", "no address of an HTTP proxy"),
        ("http://ann:secret@p.example/path", "no address of an HTTP proxy"),
        ("http://", "no address of an HTTP proxy"),
    ],
)
def test_what_is_no_proxy_is_refused_without_showing_it(text, why):
    """The variable is named; what it holds may be secret."""
    with pytest.raises(AggregatorError, match=f"ALL_PROXY: {why}") as caught:
        choose_proxies("", {"ALL_PROXY": text})
    assert "secret" not in str(caught.value)


def test_credentials_are_not_shown():
    """Nor by who prints a record."""
    assert "secret" not in repr(Proxies(http=parse_proxy("http://ann:secret@p.example", "x")))
