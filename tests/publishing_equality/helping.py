"""Others who help to publish: threads with a store of their own, as workers beside the one that publishes."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from aggregator.pipeline.publish.topic_groups import Helpers, help_with_topics
from aggregator.publish.topic_offers import read_offer
from aggregator.store import open_store
from tests.publishing_equality.world import World


@contextmanager
def helping(world: World, count: int) -> Iterator[Helpers]:
    """Have so many help as long as this lasts; what they raised is raised at the end."""
    is_over = Event()
    with ThreadPoolExecutor(max_workers=max(1, count)) as threads:
        started = [threads.submit(_help, world, is_over) for _ in range(count)]
        try:
            yield Helpers(most=count, least_topics=1)
        finally:
            is_over.set()
        for one in started:
            one.result()


def _help(world: World, is_over: Event) -> None:
    seen = ""
    with open_store(world.url) as store:
        rules = world.setup.make_rules(store, world.tree)
        while not is_over.is_set():
            offer = read_offer(world.tree)
            if offer is None or offer.id == seen:
                time.sleep(0.0005)
                continue
            seen = offer.id
            help_with_topics(offer, rules=rules, store=store)
