"""What is our own machine's or network's fault: told apart from the publishers', and never theirs."""

import asyncio
import errno
import resource
import socket

import pytest

from aggregator.errors import CannotAsk, FetchError, FetchTimeout, ServicePaused
from aggregator.fetch import outage
from aggregator.fetch.failure import is_unreachable, translate_error
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.outage import MANY, Outage
from aggregator.fetch.resolve import look_up
from tests.fetch.client import limits
from tests.loopback import Answer


def no_word(host, _):
    """Answer for a name server that says nothing, but of this machine."""
    if host == "here.example":
        return [(socket.AF_INET, "127.0.0.1")]
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def gather(*urls, names=no_word, **more):
    """Fetch all of these at once; return what each came to."""

    async def run():
        async with Fetcher(limits(**more), look_up=names) as fetcher:
            return await asyncio.gather(*(fetcher.get(url) for url in urls), return_exceptions=True)

    return asyncio.run(run())


SERVICES = [f"http://www.service-{number}.example/feed" for number in range(MANY)]


def test_a_network_that_reaches_nobody_is_ours():
    """Names of several services, none of which can be looked up for now, and nobody who answers."""
    errors = gather(*SERVICES)
    assert [type(error) for error in errors] == [CannotAsk] * MANY
    assert str(errors[0]) == (
        f"{SERVICES[0]}: the host name could not be looked up for now (DNS), as {MANY} services or more "
        "cannot be reached: check this machine's network"
    )


def test_nobody_is_asked_for_a_while_then():
    """Feeds and whatever else shares their patience; what asks is told why."""

    async def run():
        async with (
            Fetcher(limits(), look_up=no_word) as feeds,
            Fetcher(limits(), look_up=no_word, sibling=feeds) as pages,
        ):
            await asyncio.gather(*(pages.get(url) for url in SERVICES), return_exceptions=True)
            assert feeds.is_paused("http://else.example/")
            with pytest.raises(CannotAsk, match="in trouble"):
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
    assert {type(error) for error in errors} == {CannotAsk}


def test_an_outage_ends_with_the_first_answer():
    """What was remembered before it counts no more."""

    async def run():
        network, start = Outage(), asyncio.get_running_loop().time()
        first = await asyncio.gather(*(network.is_ours(str(n), asked_at_s=start) for n in range(MANY)))
        later = await network.is_ours("another", asked_at_s=asyncio.get_running_loop().time())
        network.note_answer()
        await asyncio.sleep(0.01)
        after = await network.is_ours("another", asked_at_s=asyncio.get_running_loop().time())
        return first, later, after

    assert asyncio.run(run()) == ([True] * MANY, True, False)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_what_this_machine_lacks_is_ours(number):
    """Whatever was asked, nobody else is to blame."""
    error = translate_error("http://a.example/", OSError(number, "x"), connect_timeout_s=1)
    assert isinstance(error, CannotAsk)
    assert isinstance(error, ServicePaused)


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (OSError(errno.ENETUNREACH, "x"), True),
        (OSError(errno.EADDRNOTAVAIL, "x"), True),
        (OSError(errno.ECONNREFUSED, "x"), False),
        (OSError(errno.ECONNRESET, "x"), False),
        (socket.gaierror(socket.EAI_AGAIN, "x"), True),
        (socket.gaierror(socket.EAI_NONAME, "x"), False),
        (PermissionError(errno.EACCES, "10.0.0.1 is not a public address"), False),
        (ValueError("x"), False),
    ],
)
def test_what_may_be_the_network(cause, expected):
    """Silence may be; an answer, and what was never sent, is not."""
    error = FetchError("http://a.example/", "x")
    error.__cause__ = cause
    assert is_unreachable(error) is expected


def test_a_slow_answer_is_not_the_network():
    """A connection that came about belies it."""
    assert not is_unreachable(FetchTimeout("http://a.example/", "too slow"))


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


@pytest.mark.parametrize(("lasted_s", "pause_s"), [(0, 30), (100, 50), (10_000, 300)])
def test_an_outage_that_lasts_is_looked_at_less_often(lasted_s, pause_s):
    """Every half minute at first, every five minutes at last."""
    assert outage.choose_pause_s(lasted_s) == pause_s


def test_an_answer_of_meanwhile_is_heard_at_once():
    """Who was not reached while another answered does not wait for more."""

    async def run():
        network, loop = Outage(), asyncio.get_running_loop()
        start = loop.time()
        network.note_answer()
        verdicts = await asyncio.gather(*(network.is_ours(str(n), asked_at_s=start) for n in range(MANY)))
        return verdicts, loop.time() - start

    verdicts, took_s = asyncio.run(run())
    assert verdicts == [False] * MANY
    assert took_s < outage.PATIENCE_S / 2


def test_patience_is_short():
    """A source that is down by itself is told of within two seconds."""
    assert outage.PATIENCE_S <= 2
