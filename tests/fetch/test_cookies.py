"""Cookies of one chain of redirects: for whom they are, how many they may be, and when they end."""

from datetime import UTC, datetime

import pytest

from aggregator.errors import TooManyRedirects
from aggregator.fetch.cookies import MAX_COOKIES, MAX_SENT_CHARS, format_cookies, keep_cookies
from aggregator.fetch.redirect import read_address
from tests.fetch.client import fetch, limits
from tests.loopback import Answer

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
START = "https://www.daily.example.com/news/feed?x=1"


def sent(*stated, to=START, by=START, configured=None):
    """Return what is sent to an address after another stated these cookies."""
    kept = keep_cookies((), read_address(by), stated, now=NOW)
    return format_cookies(kept, read_address(to), configured)


@pytest.mark.parametrize(
    ("stated", "to", "expected"),
    [
        ("a=1", START, "a=1"),
        ("a=1", "https://www.daily.example.com/news/other", "a=1"),
        ("a=1", "https://www.daily.example.com/newsroom", ""),
        ("a=1", "https://www.daily.example.com/", ""),
        ("a=1; Path=/", "https://www.daily.example.com/", "a=1"),
        ("a=1; path=news", "https://www.daily.example.com/news/x", "a=1"),
        ("a=1; PATH=/news/", "https://www.daily.example.com/news", ""),
        ("a=1; Path=/", "https://daily.example.com/", ""),
        ("a=1; Path=/", "https://evil.example/", ""),
        ("a=1; Path=/", "https://x.www.daily.example.com/", ""),
        ("a=1; Path=/", "https://www.daily.example.com:8443/", "a=1"),
        ("a=1; Path=/; Domain=.example.com", "https://id.example.com/", "a=1"),
        ("a=1; Path=/; Domain=example.com", "https://example.com/", "a=1"),
        ("a=1; Path=/; Domain=example.com", "https://notexample.com/", ""),
        ("a=1; Path=/; Domain=www.daily.example.com", "https://a.www.daily.example.com/", "a=1"),
        ("a=1; Path=/; Domain=com", "https://daily.com/", ""),
        ("a=1; Path=/; Domain=com", START, ""),
        ("a=1; Path=/; Domain=evil.example", "https://evil.example/", ""),
        ("a=1; Path=/; Domain=evil.example", START, ""),
        ("a=1; Path=/; Domain=", START, "a=1"),
        ("a=1; Path=/; Secure", START, "a=1"),
        ("a=1; Path=/; Secure", "http://www.daily.example.com/", ""),
        ("a=1; Path=/", "http://www.daily.example.com/", "a=1"),
        ("__Host-a=1; Path=/", START, ""),
        ("__Host-a=1; Path=/; Secure", START, "__Host-a=1"),
        ('a="x y"; HttpOnly; SameSite=Strict', START, 'a="x y"'),
        (" a = b=c ; Path=/", START, "a=b=c"),
        ("a=", START, "a="),
        ("=1", START, ""),
        ("a", START, ""),
        ("", START, ""),
        ("a=1\x01", START, ""),
        ("a=" + "x" * 5000, START, ""),
    ],
)
def test_a_cookie_goes_back_to_whom_it_is_for(stated, to, expected):
    """By host, registrable domain, path and scheme, as RFC 6265 has it."""
    assert sent(stated, to=to) == expected


@pytest.mark.parametrize(
    ("by", "domain"),
    [
        ("https://me.github.io/", "github.io"),
        ("https://a.co.uk/", "co.uk"),
        ("https://site.localhost/", "localhost"),
        ("https://daily.example/", "example"),
        ("http://127.0.0.1/", "0.0.1"),
    ],
)
def test_nobody_sets_a_cookie_for_a_public_suffix(by, domain):
    """Names under one suffix have different owners, and numbers have none."""
    assert sent(f"a=1; Domain={domain}", by=by, to=by) == ""


@pytest.mark.parametrize("by", ["http://127.0.0.1/", "http://[2001:db8::1]/", "https://site.localhost/"])
def test_a_domain_that_is_the_host_itself_is_taken(by):
    """Also where that is an address, or a name without public suffix; then for nobody below it."""
    host = read_address(by).host
    assert sent(f"a=1; Domain={host}", by=by, to=by) == "a=1"
    assert sent(f"a=1; Domain={host}", by="https://site.localhost/", to="https://x.site.localhost/") == ""


def test_a_secure_cookie_is_not_taken_without_tls():
    """Anybody on the way could have set it."""
    plain = START.replace("https", "http")
    assert sent("a=1; Secure", by=plain) == ""


@pytest.mark.parametrize(
    ("attributes", "is_kept"),
    [
        ("Max-Age=60", True),
        ("Max-Age=0", False),
        ("Max-Age=-1", False),
        ("Max-Age=soon", True),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("Expires=Thu, 01-Jan-1970 00:00:00 GMT", False),
        ("Expires=Mon, 02 Mar 2026 12:00:01 GMT", True),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", True),
        ("Expires=whenever", True),
    ],
)
def test_a_cookie_is_replaced_or_removed(attributes, is_kept):
    """The last value counts; one that has expired takes the cookie away."""
    assert sent("a=1", "b=2", f"a=3; {attributes}") == ("b=2; a=3" if is_kept else "b=2")


def test_longer_paths_come_first():
    """As servers that read the first of two names expect it."""
    assert sent("a=1; Path=/", "a=2; Path=/news", "b=3; Path=/") == "a=2; a=1; b=3"


def test_what_the_operator_configured_is_sent_beside():
    """A cookie of the chain replaces the configured one of its name, and no other."""
    assert sent("sid=2; Path=/", configured="consent=yes; sid=1;") == "consent=yes; sid=2"
    assert sent("sid=2; Path=/x", configured="consent=yes;") == "consent=yes;"


def test_cookies_are_bounded():
    """However many a server sets, few are kept and less is sent."""
    many = [f"n{number}=x" for number in range(200)]
    assert sent(*many).count("=") == MAX_COOKIES
    large = [f"n{number}={'x' * 3000}" for number in range(20)]
    assert 6000 < len(sent(*large)) <= MAX_SENT_CHARS


def test_cookies_stay_with_the_host_that_set_them(loopback):
    """Over real redirects: there and back again, and the other host sees nothing of it."""
    loopback.route(
        "/a",
        Answer(
            status=302, headers={"Location": loopback.at("b.localhost", "/b"), "Set-Cookie": "a=1; Path=/"}
        ),
    )
    loopback.route(
        "/b",
        Answer(
            status=302, headers={"Location": loopback.at("a.localhost", "/c"), "Set-Cookie": "b=2; Path=/"}
        ),
    )
    loopback.route("/c", Answer(body=b"read"))
    assert fetch(loopback.at("a.localhost", "/a")).body == b"read"
    assert [request.headers["Cookie"] for request in loopback.requests] == [None, None, "a=1"]


def test_the_same_address_with_the_same_cookies_is_a_loop(loopback):
    """A server that sets what it does not look at ends at the second visit, long before the limit."""
    loopback.route("/gate", Answer(status=302, headers={"Location": "/gate", "Set-Cookie": "a=1; Path=/"}))
    with pytest.raises(TooManyRedirects, match="loop"):
        fetch(loopback.url + "/gate", within=limits(max_redirects=50))
    assert [request.headers["Cookie"] for request in loopback.requests] == [None, "a=1"]


def test_a_gate_answers_conditionally(loopback):
    """A source that sends back to itself has validators of its own, at both visits."""

    def gate(request):
        if request.headers["Cookie"] != "sid=1":
            return Answer(status=302, headers={"Location": "/gate", "Set-Cookie": "sid=1"})
        return Answer(status=304) if request.headers["If-None-Match"] else Answer(headers={"ETag": '"1"'})

    url = loopback.route("/gate", gate)
    first = fetch(url)
    assert (first.status, first.final_url, first.permanent_url) == (200, url, None)
    assert fetch(url, etag=first.etag).status == 304
