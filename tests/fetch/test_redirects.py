"""Redirects: followed hop by hop, with what is configured staying at home."""

import time

import pytest

from aggregator.errors import FetchError, FetchTimeout, HttpStatusError, TooManyRedirects
from aggregator.fetch.redirect import find_permanent_target, is_same_origin, is_upgrade, read_address
from tests.fetch.client import fetch, limits
from tests.loopback import Answer, Loopback


def moved(location, status=301, **changes):
    """Return an answer that redirects."""
    return Answer(status=status, headers={"Location": location}, **changes)


@pytest.fixture
def other():
    """A second server: another port is another origin."""
    with Loopback() as server:
        yield server


@pytest.mark.parametrize(
    ("given", "is_advised"), [({}, True), ({"accept": "image/*"}, False), ({"wanted": "feed"}, False)]
)
@pytest.mark.parametrize("location", ["/old", "ftp://a.example/", f"/{'x' * 9_000}", None])
def test_a_new_address_is_advised_for_sources_alone(loopback, given, is_advised, location):
    """Nobody can look for that of a picture, and who looks for a feed does so."""
    answer = Answer(status=404) if location is None else moved(location)
    with pytest.raises(FetchError) as raised:
        fetch(loopback.route("/old", answer), **given)
    assert str(raised.value).endswith("look for the feed's new address") == is_advised


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_each_redirect_is_followed(loopback, status):
    """Every redirecting status leads on, and only 301 and 308 for good."""
    old = loopback.route("/old", moved("/new?a=%2C", status))
    new = loopback.route("/new?a=%2C", Answer(body=b"found"))
    fetched = fetch(old)
    assert (fetched.url, fetched.final_url, fetched.body) == (old, new, b"found")
    assert fetched.redirects == (new,)
    assert fetched.permanent_url == (new if status in (301, 308) else None)
    assert [request.method for request in loopback.requests] == ["GET", "GET"]


def test_permanent_run_ends_at_the_first_temporary_hop(loopback):
    """What comes after a temporary redirect is no place to move to."""
    a = loopback.route("/a", moved("b"))
    b = loopback.route("/b", moved("../c", 308))
    c = loopback.route("/c", moved("/d", 302))
    d = loopback.route("/d", moved("/e", 301))
    e = loopback.route("/e", Answer())
    fetched = fetch(a)
    assert fetched.redirects == (b, c, d, e)
    assert fetched.permanent_url == c


def test_permanent_target_of_no_run_is_none():
    """No redirect, or a temporary one first, suggests nothing."""
    assert find_permanent_target([], start="s") is None
    assert find_permanent_target([(302, "a"), (301, "b")], start="s") is None


def test_permanent_target_is_never_the_start():
    """Who sets a cookie and sends back has not moved."""
    assert find_permanent_target([(301, "s")], start="s") is None
    assert find_permanent_target([(301, "a"), (308, "s"), (302, "b")], start="s") is None
    assert find_permanent_target([(301, "s"), (308, "a")], start="s") == "a"


def test_configured_headers_stay_at_their_origin(loopback, other):
    """Keys, credentials and validators go to the configured origin only, also when led back to it."""
    loopback.route("/old", moved(other.url + "/via"))
    other.route("/via", moved(loopback.url + "/home"))
    loopback.route("/home", Answer())
    url = f"http://me:pass@127.0.0.1:{loopback.port}/old"
    fetch(url, headers={"X-Key": "s3cret"}, etag='"a"', last_modified="Mon")
    away = {name.lower() for name in other.requests[0].headers}
    assert away == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    first, last = loopback.requests
    assert (first.headers["X-Key"], first.headers["If-None-Match"]) == ("s3cret", '"a"')
    assert first.headers["Authorization"]
    assert (last.headers["X-Key"], last.headers["If-Modified-Since"]) == ("s3cret", "Mon")


def test_another_host_name_on_the_same_server_is_another_origin(loopback):
    """The host's name counts, not the machine behind it."""
    loopback.route("/old", moved(loopback.at("b.localhost", "/new")))
    loopback.route("/new", Answer())
    fetch(loopback.at("a.localhost", "/old"), headers={"X-Key": "s3cret"})
    assert [request.headers["X-Key"] for request in loopback.requests] == ["s3cret", None]


def test_credentials_in_a_location_are_dropped(loopback):
    """A server cannot make us log in somewhere, nor put a password into our records."""
    loopback.route("/old", moved(f"http://who:ever@127.0.0.1:{loopback.port}/new"))
    new = loopback.route("/new", Answer())
    assert fetch(loopback.url + "/old").final_url == new
    assert loopback.requests[1].headers["Authorization"] is None


def test_origins_and_upgrades():
    """An origin is scheme, host and port; an upgrade is the same host over https, default ports."""
    plain, secure = read_address("http://a.example/x"), read_address("https://a.example/y")
    assert is_same_origin(plain, read_address("http://A.example:80/z"))
    assert not is_same_origin(plain, secure)
    assert is_upgrade(plain, secure)
    assert not is_upgrade(secure, plain)
    assert not is_upgrade(plain, read_address("https://b.example/x"))
    assert not is_upgrade(read_address("http://a.example:81/"), secure)
    assert not is_upgrade(plain, read_address("https://a.example:444/"))


def test_body_of_a_redirect_is_not_read(loopback):
    """However much a redirecting answer carries, and in whatever coding, the next hop follows."""
    chunk = b"x" * 100_000
    headers = {"Location": "/new", "Content-Encoding": "odd", "Content-Length": "999999999"}
    loopback.route("/old", Answer(status=302, body=chunk, headers=headers))
    loopback.route("/new", Answer(body=b"small"))
    fetched = fetch(loopback.url + "/old", within=limits(max_body_bytes=10))
    assert (fetched.body, fetched.wire_bytes) == (b"small", 5)


def test_redirect_without_body_keeps_its_connection(loopback):
    """Nothing is left to read, so the next hop goes over the same connection."""
    loopback.route("/old", moved("/new"))
    loopback.route("/new", Answer())
    fetch(loopback.url + "/old")
    assert loopback.connections == 1


@pytest.mark.parametrize("location", ["/old", "#top", "/via"])
def test_loops_are_noticed(loopback, location):
    """An address that was there before ends it, long before the limit."""
    loopback.route("/old", moved(location))
    loopback.route("/via", moved("/old"))
    with pytest.raises(TooManyRedirects, match="loop"):
        fetch(loopback.url + "/old", within=limits(max_redirects=50))
    assert len(loopback.requests) <= 2


def test_redirects_are_limited(loopback):
    """One hop more than allowed is too many; the allowed number is not."""
    for number in range(4):
        loopback.route(f"/{number}", moved(f"/{number + 1}", 302))
    loopback.route("/4", Answer(body=b"end"))
    assert fetch(loopback.url + "/0", within=limits(max_redirects=4)).body == b"end"
    with pytest.raises(TooManyRedirects, match="3 redirects"):
        fetch(loopback.url + "/0", within=limits(max_redirects=3))


@pytest.mark.parametrize("headers", [{}, {"Location": ""}])
def test_missing_location_is_an_error(loopback, headers):
    """A redirect that leads nowhere says so."""
    with pytest.raises(FetchError, match="without a Location"):
        fetch(loopback.route("/old", Answer(status=301, headers=headers)))


@pytest.mark.parametrize(
    "location", ["http://[::", "http://a.example:port/", "https:", "http://b:0/", "http:////]"]
)
def test_garbage_location_is_an_error(loopback, location):
    """A Location that is no address is reported, not guessed at."""
    with pytest.raises(FetchError, match=r"(no|not an) address"):
        fetch(loopback.route("/old", moved(location)))


def test_first_of_several_locations_counts(loopback):
    """A repeated header is not glued together."""
    loopback.route("/old", Answer(status=302, headers={"Location": ("/one", "/two")}))
    loopback.route("/one", Answer(body=b"1"))
    assert fetch(loopback.url + "/old").body == b"1"


def test_errors_name_the_hop(loopback):
    """A failure behind a redirect carries the address that failed."""
    loopback.route("/old", moved("/missing"))
    with pytest.raises(HttpStatusError) as caught:
        fetch(loopback.url + "/old")
    assert caught.value.url == loopback.url + "/missing"


def test_time_limit_is_for_all_hops_together(loopback):
    """Hops that are each quick enough do not add up to more than the limit."""

    def slow_hop(request):
        time.sleep(0.25)
        return moved(f"/{int(request.path[1:]) + 1}", 302)

    for number in range(6):
        loopback.route(f"/{number}", slow_hop)
    with pytest.raises(FetchTimeout, match=r"longer than the 0\.6 s"):
        fetch(loopback.url + "/0", within=limits(timeout_s=0.6, max_redirects=9))
    assert len(loopback.requests) <= 3
