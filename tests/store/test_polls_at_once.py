"""Polls that are stored at once on PostgreSQL: what they share is decided by one after the other."""

import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import pytest
from sqlalchemy import select

from aggregator.model import SourceState
from aggregator.parse.identity.identity import resolve_articles
from aggregator.store import open_store, read_note, save_polls, write_note
from aggregator.store.schema import article_urls, articles, sightings
from tests.builders import NOW, article, inserting, provider, source

SOURCES = [f"s{number}" for number in range(6)]
HOSTS = [f"h{number}.example" for number in range(4)]


@pytest.fixture
def url(postgresql):
    """The address of an empty store that knows the sources."""
    with postgresql.lend_store() as lent:
        with open_store(lent) as store:
            store.sync_sources([source(name) for name in SOURCES], now=NOW)
        yield lent


def _make(number, source_id, host):
    return article(
        number, id=f"{source_id}-{number}", source_id=source_id, entry_id=f"{host}-{number}",
        canonical_url=f"https://{host}/{number}", title=f"Comet {number} of {host}", provider=provider(host),
    )  # fmt: skip


def _poll(source_id, host, number=1):
    one = _make(number, source_id, host)
    return SourceState(source_id=source_id), [one], inserting(one)


@pytest.fixture
def under_way(url):
    """What stores a poll of the first source, about the first host, and ends it only when it is told to."""
    decided, end = Event(), Event()
    state, polled, decide = _poll(SOURCES[0], HOSTS[0])

    def wait(known):
        decided.set()
        end.wait(60)
        return decide(known)

    with open_store(url) as store, ThreadPoolExecutor(1) as threads:
        saving = threads.submit(store.save_poll, state, polled, wait)
        assert decided.wait(60)
        yield end
        end.set()
        saving.result()


@pytest.mark.usefixtures("under_way")
def test_polls_of_other_publishers_do_not_wait(url):
    """A poll that takes long holds up nobody whom it does not concern."""
    with open_store(url) as store:
        (changes,) = save_polls(store, [_poll(SOURCES[1], HOSTS[1])])
        assert [one.id for one in changes.inserted] == ["s1-1"]


@pytest.mark.parametrize("asked", [(SOURCES[0], HOSTS[1]), (SOURCES[1], HOSTS[0])])
def test_polls_of_one_source_or_publisher_wait_for_each_other(url, under_way, asked):
    """The second one knows what the first one decided."""
    seen = []
    state, polled, decide = _poll(*asked, number=2)
    polled = [*polled, _make(1, *asked)]
    with open_store(url) as store, ThreadPoolExecutor(1) as threads:
        saving = threads.submit(
            store.save_poll, state, polled, lambda known: seen.append(known) or decide(known)
        )
        with pytest.raises(TimeoutError):
            saving.result(0.5)
        under_way.set()
        saving.result()
    (known,) = seen
    assert {*known.urls.values(), *(one.article_id for one in known.sightings)} == {"s0-1"}


def test_whoever_else_writes_is_alone(url, under_way):
    """Grouping, publishing and the rest wait for polls, and polls for them."""
    with open_store(url) as store, ThreadPoolExecutor(1) as threads:
        writing = threads.submit(write_note, store, "k", "v")
        with pytest.raises(TimeoutError):
            writing.result(0.5)
        assert read_note(store, "k") is None
        under_way.set()
        writing.result()
        assert read_note(store, "k") == "v"


def _poll_at_random(url, seed):
    rng = random.Random(seed)
    with open_store(url) as store:
        for _ in range(12):
            name = rng.choice(SOURCES)
            polled = [_make(rng.randrange(8), name, rng.choice(HOSTS)) for _ in range(rng.randrange(1, 5))]
            decide = partial(resolve_articles, polled, now=NOW)
            (done,) = save_polls(store, [(SourceState(source_id=name), polled, decide)])
            assert not isinstance(done, Exception), done


def test_articles_that_many_sources_show_at_once_are_stored_once(url):
    """Whatever is polled in whichever order, an address leads to one article, and all its sources are known."""
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(_poll_at_random, [url] * 4, range(4)))
    with open_store(url) as store, store.reading() as connection:
        stored = list(connection.execute(select(articles.c.id, articles.c.canonical_url)))
        led = dict(connection.execute(select(article_urls.c.url, article_urls.c.article_id)).all())
        seen = set(connection.execute(select(sightings.c.article_id)).scalars())
    assert len({one.canonical_url for one in stored}) == len(stored)
    assert led == {one.canonical_url: one.id for one in stored}
    assert seen == {one.id for one in stored}
