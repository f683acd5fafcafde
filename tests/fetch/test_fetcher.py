"""A fetch over real sockets: what is sent, what comes back, and each way an answer is no use."""

import pytest

from aggregator.errors import FetchError, HttpStatusError
from tests.fetch.client import fetch, fetch_with, limits
from tests.loopback import Answer

MODIFIED = "Sun, 01 Mar 2026 10:00:00 GMT"


def test_body_and_its_headers_come_back(loopback):
    """A plain answer gives its bytes, the headers that matter as received, and its sizes."""
    headers = {"Content-Type": "application/rss+xml", "ETag": 'W/"a b"', "Last-Modified": MODIFIED}
    url = loopback.route("/feed", Answer(body=b"<rss/>", headers=headers))
    fetched = fetch(url)
    assert (fetched.url, fetched.final_url, fetched.status, fetched.body) == (url, url, 200, b"<rss/>")
    assert fetched.content_type == "application/rss+xml"
    assert (fetched.etag, fetched.last_modified) == ('W/"a b"', MODIFIED)
    assert (fetched.permanent_url, fetched.redirects, fetched.wire_bytes) == (None, (), 6)
    assert 0 < fetched.elapsed_s < 10


def test_headers_have_lower_case_names_and_all_links(loopback):
    """The last value of a repeated header wins, but every Link is kept."""
    repeated = {"Link": ("<a>; rel=hub", "<b>; rel=self"), "X-Note": ("one", "two")}
    fetched = fetch(loopback.route("/feed", Answer(headers=repeated)))
    assert fetched.headers["link"] == "<a>; rel=hub, <b>; rel=self"
    assert fetched.headers["x-note"] == "two"


def test_empty_body_is_returned_as_it_is(loopback):
    """Whether an empty document is a feed is for the parser to say, also where it claims a coding."""
    assert fetch(loopback.route("/feed", Answer())).body == b""
    assert fetch(loopback.route("/feed", Answer(headers={"Content-Encoding": "gzip"}))).body == b""


def test_request_says_who_asks_and_what_for(loopback):
    """The user agent, the formats wanted and the codings understood are stated, and nothing else."""
    fetch(loopback.route("/feed", Answer()), within=limits(user_agent="tester/1 (+mail)"))
    sent = {name.lower(): value for name, value in loopback.requests[0].headers.items()}
    assert sent["user-agent"] == "tester/1 (+mail)"
    assert sent["accept-encoding"] == "gzip, deflate, br, zstd"
    assert sent["accept"].startswith("application/atom+xml")
    assert sent.keys() == {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_configured_headers_are_sent_and_win(loopback):
    """A source's own headers go out, in place of ours of the same name."""
    url = loopback.route("/feed", Answer())
    fetch(url, headers={"X-Key": "s3cret", "user-agent": "other"})
    sent = loopback.requests[0].headers
    assert (sent["X-Key"], sent.get_all("User-Agent")) == ("s3cret", ["other"])


def test_accept_can_be_another(loopback):
    """Whoever wants a page or a picture says so."""
    fetch(loopback.route("/page", Answer()), accept="text/html")
    assert loopback.requests[0].headers["Accept"] == "text/html"


@pytest.mark.parametrize(
    "path",
    ["/a%2Cb,c;d/x%2Fy?q=%2C,%2F/&r=a+b%20c&e=&f", "/%7Euser/?a=[1]{2}|3", "/a//b", "/f?u=http://x/?y=1"],
)
def test_address_is_sent_as_given(loopback, path):
    """Escapes are neither added nor taken away: servers tell ``%2C`` from a comma."""
    loopback.route(path, Answer(body=b"exact"))
    assert fetch(loopback.url + path).body == b"exact"
    assert loopback.requests[0].path == path


def test_fragment_is_not_sent(loopback):
    """What stands after ``#`` is for the reader of the document."""
    fetch(loopback.route("/feed", Answer()) + "#top")
    assert loopback.requests[0].path == "/feed"


def test_credentials_in_the_address_become_a_header(loopback):
    """``user:password@`` is sent as basic authentication, and errors do not show it."""
    loopback.route("/feed", Answer(status=403))
    with pytest.raises(HttpStatusError) as caught:
        fetch(f"http://me:p%40ss@127.0.0.1:{loopback.port}/feed")
    assert loopback.requests[0].headers["Authorization"] == "Basic bWU6cEBzcw=="
    assert caught.value.url == loopback.url + "/feed"
    assert "ss@" not in str(caught.value)


def test_validators_are_sent_back_unread(loopback):
    """What was received as ETag and Last-Modified is sent exactly so; a 304 has no body."""
    url = loopback.route("/feed", Answer(status=304, headers={"ETag": "new", "Last-Modified": "soon"}))
    fetched = fetch(url, etag='W/"odd, tag', last_modified="Someday 25:61")
    sent = loopback.requests[0].headers
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('W/"odd, tag', "Someday 25:61")
    assert (fetched.status, fetched.body, fetched.wire_bytes) == (304, b"", 0)
    assert (fetched.etag, fetched.last_modified) == ("new", "soon")


def test_304_without_validators_states_none(loopback):
    """A 304 that repeats no validator gives none; the old ones are the caller's to keep."""
    fetched = fetch(loopback.route("/feed", Answer(status=304)), etag='"a"')
    assert (fetched.status, fetched.etag, fetched.last_modified) == (304, None, None)


def test_304_to_an_unconditional_request_is_an_error(loopback):
    """Nothing was asked that "not modified" could answer, so there is nothing to keep."""
    with pytest.raises(FetchError, match="without validators"):
        fetch(loopback.route("/feed", Answer(status=304)))


def test_validator_that_no_header_can_hold_is_not_sent(loopback):
    """A stored validator with control characters must not make a source fail for ever."""
    assert fetch(loopback.route("/feed", Answer(body=b"x")), etag='"a\x01"').body == b"x"
    assert loopback.requests[0].headers["If-None-Match"] is None


def test_validator_beyond_ascii_makes_the_round(loopback):
    """A UTF-8 ETag is received and sent as the same bytes."""
    tag = '"é"'.encode().decode("latin-1")  # http.server writes and reads header bytes as Latin-1
    url = loopback.route("/feed", Answer(headers={"ETag": tag}))
    fetch(url, etag=fetch(url).etag)
    assert loopback.requests[1].headers["If-None-Match"] == tag


@pytest.mark.parametrize("status", [204, 205, 206, 300, 400, 403, 404, 410, 418, 429, 500, 503, 599])
def test_other_statuses_are_errors(loopback, status):
    """An answer that is neither a whole 2xx nor 304 raises with its status, in one line."""
    url = loopback.route("/feed", Answer(status=status, headers={"Retry-After": "Fri, odd"}))
    with pytest.raises(HttpStatusError, match=f"answered {status}") as caught:
        fetch(url)
    assert (caught.value.status, caught.value.retry_after) == (status, "Fri, odd")
    assert "\n" not in str(caught.value)


def test_cookies_are_forgotten_with_their_exchange(loopback):
    """A cookie goes back within the chain of redirects that set it, and in no other fetch."""
    set_cookie = {"Set-Cookie": ("a=1; Path=/", "b=2")}
    loopback.route("/old", Answer(status=302, headers={**set_cookie, "Location": "/feed"}))
    loopback.route("/feed", Answer(headers=set_cookie))

    async def twice(fetcher):
        await fetcher.get(loopback.url + "/old")
        await fetcher.get(loopback.url + "/feed")

    fetch_with(twice)
    assert [request.headers["Cookie"] for request in loopback.requests] == [None, "a=1; b=2", None]


def test_connection_is_used_again(loopback):
    """Several fetches from one host need one connection."""
    url = loopback.route("/feed", Answer(body=b"x"))

    async def thrice(fetcher):
        return [(await fetcher.get(url)).body for _ in range(3)]

    assert fetch_with(thrice) == [b"x"] * 3
    assert (len(loopback.requests), loopback.connections) == (3, 1)
