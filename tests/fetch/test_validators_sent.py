"""Who is asked conditionally: the origin that gave the validators, wherever redirects lead there from."""

import pytest

from aggregator.errors import FetchError
from aggregator.fetch.redirect import may_receive_validators, read_address
from tests.fetch.client import fetch
from tests.loopback import Answer


def asked(loopback):
    """Return the host, the path and the ETag of each request."""
    return [(r.headers["Host"].split(":")[0], r.path, r.headers["If-None-Match"]) for r in loopback.requests]


def conditional(request):
    """Answer 304 to the validator that was given."""
    return Answer(status=304) if request.headers["If-None-Match"] == '"1"' else Answer(body=b"whole")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_another_host_is_asked_with_its_own_validators(loopback, status):
    """The first hop, which gave none, is not told them."""
    target = loopback.at("www.site.localhost", "/feed")
    loopback.route("/go", Answer(status=status, headers={"Location": target}))
    loopback.route("/feed", conditional)
    fetched = fetch(loopback.at("site.localhost", "/go"), etag='"1"', validators_url=target)
    assert (fetched.status, fetched.was_conditional, fetched.final_url) == (304, True, target)
    assert asked(loopback) == [("site.localhost", "/go", None), ("www.site.localhost", "/feed", '"1"')]


def test_an_address_that_changes_with_every_visit_is_asked_conditionally(loopback):
    """A token in the target's address does not make it another origin."""
    loopback.route("/go", Answer(status=302, headers={"Location": loopback.at("cdn.localhost", "/f?t=2")}))
    loopback.route("/f", conditional)
    given_by = loopback.at("cdn.localhost", "/f?t=1")
    fetched = fetch(loopback.at("site.localhost", "/go"), etag='"1"', validators_url=given_by)
    assert (fetched.status, fetched.final_url) == (304, loopback.at("cdn.localhost", "/f?t=2"))


def test_a_redirect_within_one_host_keeps_validators_from_the_first_hop(loopback):
    """It is of the same origin, but the validators are not its own."""
    loopback.route("/go", Answer(status=302, headers={"Location": "/feed"}))
    loopback.route("/feed", conditional)
    fetched = fetch(loopback.url + "/go", etag='"1"', validators_url=loopback.url + "/feed")
    assert fetched.status == 304
    assert [etag for _, _, etag in asked(loopback)] == [None, '"1"']


@pytest.mark.parametrize("target", ["other.localhost", "site.localhost.localhost", "127.0.0.1"])
def test_a_redirect_that_leads_elsewhere_now_takes_no_validators_along(loopback, target):
    """Who did not give them is not told them, and may not answer 304."""
    loopback.route("/go", Answer(status=302, headers={"Location": loopback.at(target, "/feed")}))
    loopback.route("/feed", conditional)
    url, given_by = loopback.at("site.localhost", "/go"), loopback.at("www.site.localhost", "/feed")
    fetched = fetch(url, etag='"1"', last_modified="Mon", validators_url=given_by)
    assert (fetched.status, fetched.was_conditional, fetched.body) == (200, False, b"whole")
    assert {etag for _, _, etag in asked(loopback)} == {None}
    loopback.route("/feed", Answer(status=304))
    with pytest.raises(FetchError, match="without validators"):
        fetch(url, etag='"1"', validators_url=given_by)


def test_an_address_that_redirects_no_more_is_read_whole(loopback):
    """The feed is back at the source's own address, which gave no validators."""
    loopback.route("/go", conditional)
    fetched = fetch(
        loopback.at("site.localhost", "/go"),
        etag='"1"',
        validators_url=loopback.at("www.site.localhost", "/go"),
    )
    assert (fetched.status, fetched.was_conditional) == (200, False)


@pytest.mark.parametrize(
    ("address", "validators_from", "may_have_validators"),
    [
        ("https://b.example/f", "https://b.example/f", True),
        ("https://B.example:443/g", "https://b.example/f", True),
        ("https://b.example/f", "http://b.example/f", True),
        ("http://b.example/f", "https://b.example/f", False),
        ("https://b.example:8443/f", "https://b.example/f", False),
        ("https://www.b.example/f", "https://b.example/f", False),
        ("https://a.example/go", "https://a.example/feed", False),
        ("https://a.example/go", "https://a.example/go", True),
        ("https://a.example/via", "https://a.example/feed", True),
    ],
)
def test_who_receives_validators(address, validators_from, may_have_validators):
    """The giver's origin over https at least, but not the start of a redirect that led to the giver."""
    start = read_address("https://a.example/go")
    found = may_receive_validators(
        read_address(address), start=start, validators_from=read_address(validators_from)
    )
    assert found is may_have_validators
