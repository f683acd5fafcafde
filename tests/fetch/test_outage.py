"""What is our own machine's or network's fault: told apart from the publishers', and never theirs."""

import asyncio
import errno
import resource
import socket
import time

import pytest

from aggregator.errors import CannotAsk, FetchError, FetchTimeout, NetworkDown, ServicePaused
from aggregator.fetch import outage
from aggregator.fetch.failure import translate_error
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.outage import (
    MANY,
    PER_ANSWER,
    AnsweredService,
    FailedService,
    Outage,
    disproves,
    find_outage,
    is_neighbour,
)
from aggregator.fetch.resolve import look_up
from tests.fetch.client import limits
from tests.loopback import Answer, raw


def no_word(host, _):
    """Answer for a name server that says nothing, but of this machine."""
    if host == "here.example":
        return [(socket.AF_INET, "127.0.0.1")]
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def gather(*urls, names=no_word, **more):
    """Fetch all of these at once; return what each came to."""

    async def run():
        async with Fetcher(limits(**more), look_up=names) as fetcher:
            asked = (fetcher.get(url, standing="new") for url in urls)
            return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(run())


SERVICES = [f"http://www.service-{number}.example/feed" for number in range(MANY)]


def test_a_network_that_reaches_nobody_is_ours():
    """Names of several services, none of which can be looked up for now, and nobody who answers."""
    errors = gather(*SERVICES)
    assert [type(error) for error in errors] == [NetworkDown] * MANY
    assert str(errors[0]) == (
        f"{SERVICES[0]}: the host name could not be looked up for now (DNS), as most services fail so now: "
        "check this machine's network and its DNS"
    )


def test_nobody_is_asked_for_a_while_then():
    """Feeds and whatever else shares their patience; what asks is told why."""

    async def run():
        async with (
            Fetcher(limits(), look_up=no_word) as feeds,
            Fetcher(limits(), look_up=no_word, sibling=feeds) as pages,
        ):
            asked = (feeds.get(url, standing="new") for url in SERVICES)
            await asyncio.gather(*asked, return_exceptions=True)
            with pytest.raises(NetworkDown, match="no service is reached"):
                await pages.get("http://here.example/")
            assert feeds.is_paused("http://else.example/")
            with pytest.raises(NetworkDown, match="no service is reached"):
                await feeds.get("http://here.example/")
            async with feeds.turn("http://else.example/") as is_free:
                return is_free, feeds.turns.are_all_paused()

    assert asyncio.run(run()) == (False, True)


def test_one_who_answers_proves_the_network(loopback):
    """Then the others could not be reached by a fault of theirs, however many they are."""
    here = loopback.at("here.example", "/feed")
    loopback.route("/feed", Answer(status=500))
    errors = gather(*SERVICES, here)
    assert {type(error) for error in errors[:-1]} == {FetchError}


@pytest.mark.parametrize(
    "urls",
    [
        SERVICES[: MANY - 1],
        [f"http://{n}.service.org/feed" for n in range(MANY + 2)],
    ],
)
def test_few_services_prove_nothing(urls):
    """One or two, or many names of one service, may be down by themselves."""
    assert {type(error) for error in gather(*urls)} == {FetchError}


def test_who_refuses_or_does_not_exist_is_no_outage():
    """Both are answers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    def names(host, _):
        if host.startswith("gone"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, "127.0.0.1")]

    urls = [f"http://{kind}-{n}.example:{port}/" for kind in ("gone", "shut") for n in range(MANY)]
    assert {type(error) for error in gather(*urls, names=names)} == {FetchError}


def test_connections_that_never_come_about_are_an_outage():
    """Packets that go nowhere look like many services that are silent."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        crowd = [socket.socket() for _ in range(8)]
        for client in crowd:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        try:
            urls = [f"http://s{n}.example:{full.getsockname()[1]}/" for n in range(MANY)]
            errors = gather(*urls, names=lambda *_: [(socket.AF_INET, "127.0.0.1")], connect_timeout_s=0.2)
        finally:
            for client in crowd:
                client.close()
    assert {type(error) for error in errors} == {NetworkDown}


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        (["0.example"], [True]),
        (["localhost", "third.example", "fourth.example"], [False, False, True]),
    ],
)
def test_an_outage_ends_with_an_answer(hosts, expected):
    """One of a service that had failed, or of enough others; what was remembered before it counts no more."""

    async def run():
        network, start = Outage(patience_s=0.1), asyncio.get_running_loop().time()
        failed = [f"{number}.example" for number in range(PER_ANSWER + 1)]
        asked = {"asked_at_s": start, "standing": "new"}
        first = await asyncio.gather(*(network.is_ours(host, "silent", **asked) for host in failed))
        later = await network.is_ours("another.example", "lost", **asked)
        ended = [network.note_answer(host) for host in hosts]
        await asyncio.sleep(0.01)
        asked["asked_at_s"] = asyncio.get_running_loop().time()
        after = await network.is_ours("another.example", "silent", **asked)
        (past,) = network.past
        return {*first, later}, ended, after, set(past.services) == {*failed, "another.example"}

    assert asyncio.run(run()) == ({True}, expected, False, True)


def test_what_is_asked_beside_sources_proves_nothing():
    """Hosts of pictures may be gone for years: such that never answered are no evidence."""

    async def run():
        async with Fetcher(limits(), look_up=no_word) as fetcher:
            fetcher.outage = Outage(patience_s=0.2)
            return await asyncio.gather(*(fetcher.get(url) for url in SERVICES), return_exceptions=True)

    assert {type(error) for error in asyncio.run(run())} == {FetchError}


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_what_this_machine_lacks_is_ours(number):
    """Whatever was asked, nobody else is to blame."""
    error = translate_error("http://a.example/", OSError(number, "x"), connect_timeout_s=1)
    assert isinstance(error, CannotAsk)
    assert isinstance(error, ServicePaused)


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (OSError(errno.ENETUNREACH, "x"), "silent"),
        (OSError(errno.EADDRNOTAVAIL, "x"), "silent"),
        (TimeoutError(), "silent"),
        (OSError(errno.ECONNREFUSED, "x"), "refused"),
        (OSError(errno.ECONNRESET, "x"), "lost"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "silent"),
        (socket.gaierror(socket.EAI_NONAME, "x"), "no_name"),
        (PermissionError(errno.EACCES, "10.0.0.1 is not a public address"), None),
        (ValueError("x"), None),
    ],
)
def test_what_went_wrong_below_http(cause, expected):
    """Errors of the system are of one kind each; what was never sent is of none."""
    assert translate_error("http://a.example/", cause, connect_timeout_s=1).trouble == expected


def fail(*asked_at_s, trouble="refused", is_evidence=True):
    """Return services that failed alike, asked at these times."""
    return [FailedService(asked_at_s=at_s, trouble=trouble, is_evidence=is_evidence) for at_s in asked_at_s]


def answered_at(*at_s, has_tls=True, has_name=True):
    """Return services that answered at these times."""
    return [AnsweredService(at_s=one, has_tls=has_tls, has_name=has_name) for one in at_s]


@pytest.mark.parametrize(
    ("failed", "answered", "since_s"),
    [
        (fail(5, 6, 7), [], 5),
        (fail(5, 6, 7), answered_at(1, 2, 4), 5),
        (fail(1, 5, 6, 7), answered_at(4), 5),
        (fail(5, 6), [], None),
        (fail(5, 6, 7), answered_at(6.5), None),
        (fail(*range(5, 5 + PER_ANSWER)), answered_at(20), 5),
        (fail(*range(5, 4 + PER_ANSWER)), answered_at(20), None),
        (fail(5, 6) + fail(7, trouble="lost"), [], None),
        (fail(5, 6, 7, is_evidence=False), [], None),
        (fail(-8_000, 6, 7), [], None),
    ],
)
def test_most_services_fail_alike_that_were_well(failed, answered, since_s):
    """Three since the last answer, or nine for each answer; other kinds, and old or ill services, are none."""
    assert find_outage(failed, answered, "refused", 30) == since_s


def test_only_such_answers_count_as_the_trouble_would_stop():
    """Where TLS fails everywhere, plain HTTP proves nothing; nor does an address where no name is known."""
    plain, literal = answered_at(1, has_tls=False)[0], answered_at(1, has_name=False)[0]
    assert [disproves(plain, trouble) for trouble in ("tls", "no_name", "silent")] == [False, True, True]
    assert [disproves(literal, trouble) for trouble in ("tls", "no_name", "silent")] == [True, False, True]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("bridge.localhost", True),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("192.168.1.7", True),
        ("nas.local", True),
        ("example.org", False),
        ("1.1.1.1", False),
    ],
)
def test_neighbours_prove_nothing(host, expected):
    """A program on this machine answers without a network, and fails by itself."""
    assert is_neighbour(host) is expected

    async def run():
        network = Outage()
        return await network.is_ours(host, "silent", asked_at_s=0, standing="well")

    assert asyncio.run(run()) is False


@pytest.mark.parametrize(("standing", "expected"), [("well", {NetworkDown}), ("new", {FetchError})])
def test_names_that_all_have_no_address_any_more(standing, expected):
    """A resolver that lost its network says so of all names; services never asked before may not exist."""

    def no_names(host, _):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def run():
        async with Fetcher(limits(), look_up=no_names) as fetcher:
            fetcher.outage = Outage(patience_s=0.2)
            asked = (fetcher.get(url, standing=standing) for url in SERVICES)
            return await asyncio.gather(*asked, return_exceptions=True)

    assert {type(error) for error in asyncio.run(run())} == expected


def test_tls_that_fails_everywhere_is_ours(loopback):
    """As behind a log-in page, which even answers over plain HTTP."""
    here = loopback.at("here.example", "/feed")
    loopback.route("/feed", Answer(body=b"log in"))
    port = here.rpartition(":")[2].partition("/")[0]
    urls = [f"https://s{n}.example:{port}/" for n in range(MANY)]

    async def run():
        async with Fetcher(limits(), look_up=lambda *_: [(socket.AF_INET, "127.0.0.1")]) as fetcher:
            asked = [fetcher.get(here), *(fetcher.get(url, standing="well") for url in urls)]
            return await asyncio.gather(*asked, return_exceptions=True)

    page, *errors = asyncio.run(run())
    assert page.body == b"log in"
    assert [type(error) for error in errors] == [NetworkDown] * MANY
    assert "check this machine's clock" in str(errors[0])


def test_names_that_are_looked_up_for_too_long_are_the_network():
    """However short the time for an exchange is: a name server that is slow is no slow publisher."""

    def look_up_slowly(*_):
        time.sleep(0.6)
        return [(socket.AF_INET, "127.0.0.1")]

    urls = [f"http://s{n}.example/feed" for n in range(MANY)]
    errors = gather(*urls, names=look_up_slowly, timeout_s=0.2)
    assert {type(error) for error in errors} == {NetworkDown}
    assert "its name was not looked up within the 0.2 s of fetch.timeout_s" in str(errors[0])


def test_a_slow_answer_is_not_the_network(loopback):
    """A connection over which the answer began belies it."""
    loopback.route("/feed", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"x", pause_s=1))
    urls = [loopback.at(f"s{n}.example", "/feed") for n in range(MANY)]
    errors = gather(*urls, names=lambda *_: [(socket.AF_INET, "127.0.0.1")], timeout_s=0.3)
    assert {type(error) for error in errors} == {FetchTimeout}


def test_no_descriptors_are_ours(loopback):
    """Neither a connection nor a name can be had; once there are some again, all is well."""
    loopback.route("/feed", Answer(body=b"read"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    async def run():
        async with Fetcher(limits(), look_up=look_up) as fetcher:
            await fetcher.get(loopback.url + "/feed")
            await asyncio.sleep(0)
            with socket.socket() as probe:
                resource.setrlimit(resource.RLIMIT_NOFILE, (probe.fileno() + 1, hard))
                try:
                    asked = (fetcher.get("http://127.0.0.1:9/"), fetcher.get("http://no-such.example/"))
                    errors = await asyncio.gather(*asked, return_exceptions=True)
                finally:
                    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            with pytest.raises(CannotAsk, match="not asked"):
                await fetcher.get(loopback.url + "/feed")
            fetcher.turns.pause_all(0)
            return errors, (await fetcher.get(loopback.url + "/feed")).body

    errors, body = asyncio.run(run())
    assert [type(error) for error in errors] == [CannotAsk, CannotAsk]
    assert "too many open files: raise the limit of open files" in str(errors[0])
    assert body == b"read"


@pytest.mark.parametrize(("lasted_s", "pause_s"), [(0, 5), (40, 10), (10_000, 15)])
def test_an_outage_that_lasts_is_looked_at_less_often(lasted_s, pause_s):
    """Every five seconds at first, every fifteen at last: its end is to be found within a minute."""
    assert outage.choose_pause_s(lasted_s) == pause_s


def test_an_answer_of_meanwhile_is_heard_at_once():
    """Who was not reached while another answered does not wait for more."""

    async def run():
        network, loop = Outage(), asyncio.get_running_loop()
        start = loop.time()
        network.note_answer("well.example")
        asked = (
            network.is_ours(f"{n}.example", "silent", asked_at_s=start, standing="well") for n in range(MANY)
        )
        verdicts = await asyncio.gather(*asked)
        return verdicts, loop.time() - start

    verdicts, took_s = asyncio.run(run())
    assert verdicts == [False] * MANY
    assert took_s < outage.PATIENCE_S / 2


def test_patience_is_short():
    """A source that is down by itself is told of within two seconds."""
    assert outage.PATIENCE_S <= 2
