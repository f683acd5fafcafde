"""Redirects that never end, and redirects to where nobody may be led."""

import socket
from ipaddress import ip_network

import pytest

from tests.hostile.rig import PollingRig
from tests.hostile.server import BODY, HOST
from tests.loopback import Answer, Loopback

OPEN = {"allow_private_addresses": False, "allowed_networks": (ip_network(HOST),)}
NEW_ADDRESS = "look for the feed's new address"

LITERAL = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "[::1]", "[::]", "[fd00::1]"]
MAPPED = ["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:169.254.169.254]"]
TRANSLATED = ["[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::1]", "[2001:0:0:0:0:0:80ff:fffe]"]
DISGUISED = [f"[::ffff:{HOST}]", "[64:ff9b::127.0.0.2]"]
ODD = ["2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.1", "127.0.0.1.", "127。0。0。1", "①②⑦.1"]


@pytest.fixture
def secret():
    """A server on 127.0.0.1 that must not be reached."""
    with Loopback() as server:
        server.route("/feed", Answer(body=BODY))
        yield server
        assert server.connections == 0


@pytest.fixture
def guarded(tmp_path, hostile, seeded):
    """A rig with the address guard on: only the hostile server's own address may be connected to."""
    with PollingRig(tmp_path, hostile, OPEN, seeded=seeded) as opened:
        yield opened


@pytest.mark.parametrize("host", [*LITERAL, *MAPPED, *TRANSLATED, *DISGUISED])
def test_a_redirect_to_a_private_address_is_refused(guarded, secret, host):
    """Loopback, private and metadata addresses, plain or wrapped in IPv6: no socket is made for them."""
    guarded.server.redirect("/in", f"http://{host}:{secret.port}/feed", 301)
    reported = guarded.round("/in")
    assert (reported.outcome, reported.poll.new) == ("failed", 0)
    assert reported.error.startswith(f"http://{host}:{secret.port}/feed: ")
    advice = " is not a public address: if it is meant, name its network in fetch.allowed_networks, as in "
    address, found, example = reported.error.rpartition(advice)
    assert found
    ip = address.rpartition(": ")[2]
    assert example == f"settings.yaml: `fetch: {{allowed_networks: ['{ip}']}}`"
    assert guarded.state().redirect_url is None


@pytest.mark.parametrize("host", ODD)
def test_a_redirect_to_an_odd_spelling_is_refused(guarded, secret, host):
    """Decimal, octal, hexadecimal, short and fullwidth spellings of an address are refused as such."""
    guarded.server.redirect("/in", f"http://{host}:{secret.port}/feed".encode().decode("latin-1"))
    reported = guarded.round("/in")
    assert (reported.outcome, reported.poll.new) == ("failed", 0)
    assert (
        "refused" in reported.error
        or "is not a public address" in reported.error
        or "not an address" in reported.error
    )


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "metadata.localhost"])
def test_a_redirect_to_a_name_of_this_machine_is_refused(guarded, secret, host):
    """The names that always mean this machine do, and are refused for that."""
    guarded.server.redirect("/in", f"http://{host}:{secret.port}/feed")
    reported = guarded.round("/in")
    assert reported.outcome == "failed"
    assert "is not a public address" in reported.error


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_a_name_that_resolves_to_a_private_address_is_refused(tmp_path, hostile, seeded, secret, address):
    """DNS may say what it likes: the address that is connected to decides."""
    with PollingRig(tmp_path, hostile, OPEN, look_up=Names(address), seeded=seeded) as rig:
        hostile.redirect("/in", f"http://intern.example:{secret.port}/feed")
        reported = rig.round("/in")
    assert reported.outcome == "failed"
    assert reported.error.startswith(
        f"http://intern.example:{secret.port}/feed: {address} is not a public address"
    )


def test_a_name_that_changes_between_lookups_is_refused(tmp_path, hostile, seeded, secret):
    """The first answer leads to the source, the next inside: what was good once is checked again."""
    names = Names(HOST, "127.0.0.1", "127.0.0.1")
    hostile.serve("/feed", BODY)
    with PollingRig(tmp_path, hostile, OPEN, look_up=names, seeded=seeded) as rig:
        url = f"http://rebinding.example:{hostile.port}/feed"
        assert rig.round(url=url).outcome == "updated"
        reported = rig.round(url=url)
    assert reported.outcome == "failed"
    assert reported.error.startswith(f"{url}: 127.0.0.1 is not a public address")
    assert names.asked == 2


def test_no_second_lookup_comes_between_check_and_connection(tmp_path, hostile, seeded, secret):
    """What is checked is what is connected to: one lookup, however many addresses it gave."""
    names = Names([HOST, "127.0.0.1"])
    hostile.serve("/feed", BODY)
    with PollingRig(tmp_path, hostile, OPEN, look_up=names, seeded=seeded) as rig:
        rig.round(url=f"http://rebinding.example:{hostile.port}/feed")
    assert names.asked == 1


class Names:
    """A DNS whose answers change: the n-th lookup gives the n-th of ``answers``, then the last."""

    def __init__(self, *answers):
        self.answers = answers
        self.asked = 0

    def __call__(self, host, family):
        """Return the addresses of ``host``, as they are this time."""
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        found = [answer] if isinstance(answer, str) else answer
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, ip) for ip in found]


def test_endless_redirects_are_too_many(rig):
    """A new address every time ends at the limit, for good after so many requests."""
    reported = rig.round("/endless-redirects", max_redirects=5)
    assert reported.outcome == "failed"
    assert reported.error == f"{rig.url}: more than the 5 redirects allowed: {NEW_ADDRESS}"
    assert len(rig.server.asked("/endless-redirects")) == 6


@pytest.mark.parametrize(("path", "requests"), [("/loop", 2), ("/to-itself", 1)])
def test_a_loop_is_noticed(rig, path, requests):
    """Back where it was: no further request is made."""
    before = len(rig.server.requests)
    reported = rig.round(path, max_redirects=20)
    assert reported.outcome == "failed"
    assert reported.error.endswith(f": redirects in a loop, back to {rig.url}: {NEW_ADDRESS}")
    assert len(rig.server.requests) - before == requests + 1  # and the good source's


def test_a_redirect_to_a_file_is_refused(rig):
    """A file of this machine is not read because a server says so."""
    reported = rig.round("/to-file")
    assert reported.outcome == "failed"
    assert reported.error == f"file:/etc/passwd: only http and https addresses are fetched: {NEW_ADDRESS}"


@pytest.mark.parametrize(
    "location", ["ftp://a.example/", "gopher://127.0.0.1:25/_QUIT", "data:text/xml,<rss/>"]
)
def test_a_redirect_to_another_scheme_is_refused(rig, location):
    """Only http and https lead anywhere."""
    rig.server.redirect("/away", location)
    reported = rig.round("/away")
    assert reported.outcome == "failed"
    assert f"only http and https addresses are fetched: {NEW_ADDRESS}" in reported.error


def test_a_redirect_without_a_target_is_a_failure(rig):
    """302 and no Location."""
    reported = rig.round("/to-nowhere")
    assert reported.error == (
        f"{rig.url}: a redirect without a Location: it is tried again later; if it stays, tell the publisher"
    )


def test_an_endless_address_is_refused_in_a_short_line(rig):
    """An address of 20,000 characters is followed nowhere and kept nowhere."""
    rig.server.redirect("/long", "/" + "x" * 20_000, 301)
    reported = rig.round("/long")
    assert reported.error == f"{rig.url}: redirects to an address of 20001 characters: {NEW_ADDRESS}"
    assert rig.state().redirect_url is None
