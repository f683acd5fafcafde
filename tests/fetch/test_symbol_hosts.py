"""Sources and redirects at host names of symbols, over real sockets, with the address guard in sight."""

import pytest

from aggregator.errors import AddressRefused, FetchError
from tests.fetch.client import fetch, limits
from tests.loopback import Answer

GUARDED = limits(allow_private_addresses=False)


def asked(loopback):
    """Return the host names of the requests."""
    return [request.headers["Host"].split(":")[0] for request in loopback.requests]


@pytest.mark.parametrize(
    "host", ["i❤.localhost", "xn--i-7iq.localhost", "I❤️.LOCALHOST", "i%E2%9D%A4.localhost"]
)
def test_a_source_at_a_name_of_symbols_is_asked(loopback, host):
    """Written as it is seen, with a selector, percent-encoded, or encoded already."""
    loopback.route("/f", Answer(body=b"feed"))
    fetched = fetch(loopback.at(host, "/f"))
    assert fetched.body == b"feed"
    assert asked(loopback) == ["xn--i-7iq.localhost"]


@pytest.mark.parametrize("location", ["http://☃.localhost:{}/f", "//%E2%98%83.localhost:{}/f", "//xn--n3h.localhost:{}/f"])  # fmt: skip
def test_a_redirect_to_a_name_of_symbols_is_followed(loopback, location):
    """Also where it starts at one: cookies and validators find their host."""
    sent = location.format(loopback.port).encode().decode("latin-1")
    loopback.route("/go", Answer(status=301, headers={"Location": sent, "Set-Cookie": "a=1; Path=/"}))
    loopback.route("/f", Answer(body=b"feed"))
    fetched = fetch(loopback.at("i❤.localhost", "/go"), etag='"1"')
    target = loopback.at("xn--n3h.localhost", "/f")
    assert (fetched.body, fetched.final_url, fetched.permanent_url) == (b"feed", target, target)
    assert asked(loopback) == ["xn--i-7iq.localhost", "xn--n3h.localhost"]
    assert [r.headers["If-None-Match"] for r in loopback.requests] == ['"1"', None]


@pytest.mark.parametrize(
    "host",
    [
        "127.0\u200b.0.1", "loc\u00adalhost", "❤.localhost", "𝟏𝟐𝟕.0.0.1", "１２７。０．０｡１", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "127.0.0.1\ufe0f",
        "①②⑦.1", "０x7f.1", "🯱🯲🯷.0.0.1", "localhost。", "127\u2064.0.0.1", "%F0%9F%AF%B127.0.0.1",
    ],
)  # fmt: skip
def test_no_spelling_leads_to_a_private_address(loopback, host):
    """What is mapped away or to digits is checked as it comes out; no connection is made."""
    for url in (loopback.at(host, "/f"), loopback.url + "/go"):
        with pytest.raises(FetchError) as caught:
            fetch(url, within=GUARDED)
        assert isinstance(caught.value, AddressRefused) or "not an address" in caught.value.reason
    assert not loopback.requests


@pytest.mark.parametrize(
    "host", ["a\u202eb.localhost", "a℀b.localhost", "❤@x℀.localhost", "xn--❤℀", "❤" * 70]
)
def test_what_is_no_name_says_so(loopback, host):
    """One line, also for a redirect to it."""
    with pytest.raises(FetchError, match="not an address"):
        fetch(loopback.at(host, "/f"))
    sent = loopback.at(host, "/f").encode().decode("latin-1")
    loopback.route("/go", Answer(status=302, headers={"Location": sent}))
    with pytest.raises(FetchError, match="no address"):
        fetch(loopback.url + "/go")


def test_an_encoded_name_that_means_nothing_is_asked(loopback):
    """Nobody but DNS has to know what xn-- stands for."""
    loopback.route("/f", Answer(body=b"feed"))
    assert fetch(loopback.at("xn--a.localhost", "/f")).body == b"feed"
