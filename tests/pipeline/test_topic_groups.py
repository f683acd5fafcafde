"""Topics that several processes write at once: each by one of them, by its rules, while nobody arranges feeds."""

import asyncio
import threading
import time
from contextlib import contextmanager

import pytest

from aggregator.errors import PublishError
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.pipeline.context import Context
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.changes import take_up_changes
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.publish.topic_groups import Helpers, _digest_rules, choose_group, help_with_topics
from aggregator.pipeline.site import Site
from aggregator.publish import folder_locks
from aggregator.publish.files import read_stamp
from aggregator.publish.folder_locks import lock_publication
from aggregator.publish.topic_offers import (
    OFFER,
    TopicOffer,
    end_offer,
    put_offer,
    read_offer,
    try_to_lock_group,
)
from aggregator.service.publishing_jobs import help_to_publish
from aggregator.service.state import ServiceState
from aggregator.store import open_store
from tests.builders import article, fill
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import World

ONE = Helpers(most=1, least_topics=1)


@pytest.fixture
def world(tmp_path):
    """A site with articles in all topics, of which nothing is published yet."""
    made = World(tmp_path)
    made.setup = made.setup.set("enrich", pages=False)
    _store(made, 1, 2, 3)
    yield made
    made.close()


def _store(world, *numbers):
    topics = [("ai", "ml"), ("ml", "vision"), ("ai", "robots")]
    fill(
        world.store,
        *(article(n, at=world.now, topics=topics[n % 3], quality=90) for n in numbers),
    )
    StoryDesk().group_site(Site(rules=world.rules, store=world.store, now=world.now))


@contextmanager
def holding(world, number, then=lambda world, offer: None):
    """Hold the lock of a group in another thread, from before an offer is made until ``then`` is done with it."""
    is_held, failures = threading.Event(), []

    def hold():
        try:
            with try_to_lock_group(world.tree, number) as is_ours:
                assert is_ours
                is_held.set()
                while (offer := read_offer(world.tree)) is None:
                    time.sleep(0.001)
                then(world, offer)
        except BaseException as error:
            failures.append(error)

    world.tree.mkdir(exist_ok=True)
    thread = threading.Thread(target=hold)
    thread.start()
    is_held.wait()
    yield
    thread.join()
    if failures:
        raise failures[0]


def help_out(world, offer):
    """Help as another process does, and note what of."""
    with open_store(world.url) as store:
        rules = world.setup.make_rules(store, world.tree)
        world.helped = help_with_topics(offer, rules=rules, store=store)


def publish_shared(world):
    """Publish, and return which topics were written by who publishes."""
    done = publish(world.look_at_site(), helpers=ONE)
    assert done.errors == ()
    assert read_offer(world.tree) is None
    return set(done.items)


def in_group(number):
    """Return the topics of the site that are in one of two groups."""
    ids = ("all", "ai", "ml", "vision", "robots")
    return {id_ for id_ in ids if choose_group(id_, 2) == number}


def test_each_topic_is_written_by_one(world):
    """Who publishes waits for the other, and the tree is what one alone would build."""
    with holding(world, 1, help_out):
        written = publish_shared(world)
    helped = set(world.helped.items)
    assert helped >= in_group(1) > set()
    assert written == (in_group(0) | in_group(1)) - helped
    assert find_differences(world) == []


def test_a_worker_counts_the_topics_that_it_helps_with(world):
    """They are told apart from those of who publishes."""

    async def help_as_worker(store, rules):
        async with Fetcher(FetchLimits()) as fetcher:
            context = Context(rules=rules, store=store, fetcher=fetcher, clock=lambda: world.now)
            state = ServiceState(context=context)
            await help_to_publish(state)
            return state.metrics.render().decode()

    with lock_publication(world.tree):
        take_up_changes(world.look_at_site(), on_placed=lambda _: None)
        rules = _digest_rules(world.rules, world.now)
        put_offer(world.tree, TopicOffer(id="one", groups=2, now=world.now.isoformat(), rules=rules))
        counted = asyncio.run(help_as_worker(world.store, world.rules))
    assert 'aggregator_written_topics_total{role="helper"} 5.0' in counted
    assert 'aggregator_written_topics_total{role="publisher"} 0.0' in counted


def test_who_publishes_does_what_nobody_else_did(world):
    """A helper that has a group, and dies or does nothing, leaves its marks: no topic is left as it was."""
    with holding(world, 1):
        assert publish_shared(world) == in_group(0) | in_group(1)
    assert find_differences(world) == []


def test_nobody_helps_by_other_rules(world):
    """One that has not read a changed configuration yet would write what its former one says."""

    def help_by_others(world, offer):
        changed = world.setup.set("site", title="Another")
        with open_store(world.url) as store:
            world.helped = help_with_topics(offer, rules=changed.make_rules(store, world.tree), store=store)

    with holding(world, 1, help_by_others):
        assert publish_shared(world) == in_group(0) | in_group(1)
    assert not world.helped.items


def test_another_number_of_groups_is_taken_up(world):
    """The next publication has it; who still has the lock of a group of more is waited for."""
    with holding(world, 1, help_out):
        publish_shared(world)
    world.wait(minutes=1)
    _store(world, 4, 5, 6)
    offered = []
    with holding(world, 5, lambda _, offer: offered.append(offer.groups)):
        done = publish(world.look_at_site(), helpers=Helpers(most=5, least_topics=1))
    assert offered == [6]
    assert set(done.items) == in_group(0) | in_group(1)
    assert find_differences(world) == []


def test_few_topics_are_not_offered(world):
    """They are written before another has heard of it; the same holds where nobody else publishes."""
    for helpers in (Helpers(most=1), Helpers()):
        done = publish(world.look_at_site(), helpers=helpers)
        assert set(done.items) == in_group(0) | in_group(1)
        world.wait(minutes=1)
        _store(world, *range(7, 13))
    assert not (world.tree / ".topics-0.lock").exists()


def test_an_offer_of_one_that_was_killed_ends_first(world, monkeypatch):
    """Nobody begins with a group of it, who writes one is waited for, and only then feeds are arranged anew."""
    world.tree.mkdir()
    offer = TopicOffer(id="left", groups=2, now=world.now.isoformat(), rules="")
    put_offer(world.tree, offer)
    ended = []

    def write_slowly(world, found):
        assert found == offer
        time.sleep(0.3)
        ended.append((read_offer(world.tree).is_open, read_stamp(world.tree / "all/rss.xml")))

    with holding(world, 1, write_slowly):
        publish(world.look_at_site())
    assert ended == [(False, None)]
    assert not (world.tree / OFFER).exists()


def test_who_keeps_a_group_for_too_long_keeps_others_from_publishing(world, monkeypatch):
    """Until it is ended, or done: what it puts into its place then is not what feeds are to show by then."""
    monkeypatch.setattr(folder_locks, "_WAIT_S", 0.1)
    folder_locks._get_lock.cache_clear()
    world.tree.mkdir()
    put_offer(world.tree, TopicOffer(id="left", groups=2, now="", rules=""))
    is_tried = threading.Event()
    with holding(world, 0, lambda *_: is_tried.wait()):
        for _ in range(2):
            with pytest.raises(PublishError, match="another process"):
                publish(world.look_at_site())
        is_tried.set()
    end_offer(world.tree)
    assert publish_shared(world) == in_group(0) | in_group(1)
    folder_locks._get_lock.cache_clear()
