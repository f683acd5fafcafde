"""Forms sent to addresses that a feed named: guarded, bounded, and never turned into questions."""

import asyncio
import ssl
from ipaddress import ip_network
from pathlib import Path

import pytest

from aggregator.errors import (
    AddressRefused,
    FetchError,
    FetchTimeout,
    HttpStatusError,
    TooManyRedirects,
)
from aggregator.fetch import FetchLimits
from aggregator.fetch.form import FormPoster
from aggregator.websub import is_private
from tests.loopback import Answer, Loopback

CERTIFICATE = Path(__file__).parent.parent / "fetch" / "self_signed.pem"
OPEN = {"allow_private_addresses": True, "timeout_s": 5, "connect_timeout_s": 2}
FORM = {"hub.mode": "subscribe", "hub.topic": "https://d.example/?a=b&c=ü"}


def _post(url, *, may_follow=lambda _: True, **limits):
    async def post():
        async with FormPoster(FetchLimits(**{**OPEN, **limits})) as poster:
            return await poster.post(url, FORM, may_follow=may_follow)

    return asyncio.run(post())


def test_a_form_is_sent_as_one(loopback):
    """As application/x-www-form-urlencoded in UTF-8, without cookies, and the status comes back."""
    url = loopback.route("/hub", Answer(status=202, headers={"Set-Cookie": "a=b"}))
    assert _post(url) == 202
    (request,) = loopback.requests
    assert request.method == "POST"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.body == b"hub.mode=subscribe&hub.topic=https%3A%2F%2Fd.example%2F%3Fa%3Db%26c%3D%C3%BC"
    assert "Cookie" not in request.headers


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "a.localhost"])
def test_private_addresses_are_refused(loopback, host):
    """A feed cannot make us send anything into our own network, unless the operator names it."""
    url = loopback.at(host, "/hub")
    loopback.route("/hub", Answer(status=202))
    with pytest.raises(AddressRefused):
        _post(url, allow_private_addresses=False)
    assert loopback.connections == 0
    assert _post(url, allow_private_addresses=False, allowed_networks=(ip_network("127.0.0.0/8"),)) == 202


@pytest.mark.parametrize(
    "url",
    ["http://2130706433/", "http://0x7f.1/", "file:///etc/passwd", "ftp://h/", "http:///", "http://[::1"],
)
def test_odd_addresses_are_refused(url):
    """Other schemes and other spellings of addresses are asked for nothing."""
    with pytest.raises(FetchError):
        _post(url, allow_private_addresses=False)


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_that_keeps_the_form_is_followed(loopback, status):
    """The form arrives whole at the new address."""
    there = loopback.route("/there", Answer(status=202))
    assert _post(loopback.route("/here", Answer(status=status, headers={"Location": there}))) == 202
    assert [request.method for request in loopback.requests] == ["POST", "POST"]
    assert loopback.requests[0].body == loopback.requests[1].body


def test_every_hop_is_guarded(loopback):
    """A redirect into the private network is refused like an address there."""
    url = loopback.route("/here", Answer(status=307, headers={"Location": "http://127.0.0.2:1/"}))
    with pytest.raises(AddressRefused):
        _post(url, allow_private_addresses=False, allowed_networks=(ip_network("127.0.0.1/32"),))


def test_redirects_are_limited(loopback):
    """A loop ends at the limit."""
    url = loopback.route("/here", Answer(status=307, headers={"Location": "/here"}))
    with pytest.raises(TooManyRedirects):
        _post(url, max_redirects=3)
    assert len(loopback.requests) == 4


def test_a_form_does_not_follow_where_it_must_not_go(loopback):
    """A hub reached over https cannot have the secret sent on in the clear."""
    url = loopback.route("/here", Answer(status=307, headers={"Location": "http://hub.example/"}))
    with pytest.raises(FetchError, match="where the form must not go"):
        _post(url, may_follow=is_private)


@pytest.mark.parametrize("status", [200, 204, 301, 302, 303, 400, 404, 410, 500])
def test_only_success_is_success(loopback, status):
    """Any 2xx is; everything else is an error with its status and the beginning of what was said."""
    answer = Answer(
        status=status, body=b"" if status == 204 else b"said \x1b" + b"x" * 10_000, headers={"Location": "/"}
    )
    url = loopback.route("/hub", answer)
    if status < 300:
        assert _post(url) == status
        return
    with pytest.raises(HttpStatusError) as caught:
        _post(url)
    assert caught.value.status == status
    assert len(str(caught.value)) < 800
    assert "\x1b" not in str(caught.value)


def test_a_hub_that_says_nothing_is_given_up(loopback):
    """The whole exchange has one limit, redirects included."""

    def wait(connection):
        connection.settimeout(5)
        connection.recv(1)

    url = loopback.route("/wait", Answer(raw=wait))
    with pytest.raises(FetchTimeout):
        _post(loopback.route("/hub", Answer(status=307, headers={"Location": url})), timeout_s=0.3)


def test_an_untrusted_certificate_is_refused():
    """The form is not sent to whoever answers at the hub's address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with Loopback(tls=context) as server:
        with pytest.raises(FetchError, match="certificate"):
            _post(server.route("/hub", Answer(status=202)))
        assert server.requests == []
